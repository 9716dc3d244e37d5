package io.greenformers.engine;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.rewrite.LinformerPass;
import io.greenformers.engine.evaluation.Parity;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.UnrunnableModelException;
import io.greenformers.engine.timing.GridShape;
import io.greenformers.engine.timing.ModelPair;
import io.greenformers.engine.timing.PairTiming;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.CompressionRequest.Method;
import io.greenformers.protocol.request.CompressionRequest.Operators;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Turns self-attention into Linformer, where a request wants that: proves first that the rewrite
 * changes nothing up to the projected length, and keeps it where it is faster beyond that.
 */
final class AttentionChange {
  private final CompressionRequest request;
  private final StageFiles files;
  private final StageContext context;
  private final int projectedLength;

  AttentionChange(CompressionRequest request, StageFiles files, StageContext context) {
    this.request = request;
    this.files = files;
    this.context = context;
    this.projectedLength = request.linformer().projectedLength();
  }

  /**
   * What came of it.
   *
   * @param model the original, or the one with other attention
   * @param before the original's file, where attention was changed
   * @param parity of the proof; of no batch where nothing was tried
   * @param remarks for the report
   */
  record Outcome(OnnxModel model, Optional<Path> before, Parity parity, List<String> remarks) {
    static Outcome unchanged(OnnxModel model, List<String> remarks) {
      return new Outcome(model, Optional.empty(), Parity.NONE, remarks);
    }
  }

  /** Attention stays as it is. */
  private static final class Stays extends Exception {
    private static final long serialVersionUID = 1;

    Stays(String why) {
      super(why, null, false, false);
    }
  }

  /**
   * Changes what can be changed.
   *
   * @throws NoLinformerException if the method is no other, and nothing can
   */
  Outcome of(OnnxModel original, MemoryBound memory) {
    if (!request.method().changesAttention()) {
      return Outcome.unchanged(original, List.of());
    }
    try {
      return changed(original, memory);
    } catch (Stays e) {
      String why = String.valueOf(e.getMessage());
      if (request.method() == Method.LINFORMER) {
        throw new NoLinformerException(why);
      }
      return Outcome.unchanged(original, List.of("attention stays as it is: " + why));
    }
  }

  private Outcome changed(OnnxModel original, MemoryBound memory) throws Stays {
    LinformerFindings findings = LinformerFindings.of(original);
    if (findings.able() == 0) {
      throw new Stays(
          findings.all().isEmpty()
              ? "the model has no softmax of scores"
              : String.join("; ", findings.obstacles()));
    }
    if (!memory.canRun(original.fileBytes())) {
      throw new Stays(
          "with %,d MB the model cannot be run as a whole, and so nothing be proven of it"
              .formatted(original.fileBytes() >> 20));
    }
    context.progress(0, "proving the rewrite of attention");
    Path canonical = files.canonical(original, "dense-attention");
    GraphIndex index = GraphIndex.of(original);
    Parity parity = prove(original, canonical, index);
    OnnxModel changed = rewrite(original, projectedLength);
    PairTiming timing = time(canonical, index, changed);
    List<String> remarks = new ArrayList<>();
    remarks.add(
        "%d of %d attentions are Linformer's: over means of %d segments of keys and values, and unchanged up to that length; the model took %.2f times as long at the longest one"
            .formatted(findings.able(), findings.all().size(), projectedLength, timing.ratio()));
    remarks.addAll(findings.obstacles());
    return new Outcome(changed, Optional.of(canonical), parity, remarks);
  }

  private OnnxModel rewrite(OnnxModel model, int length) {
    OnnxModel changed = new LinformerPass(length).apply(model).model();
    return request.operators() == Operators.ONNX_RUNTIME ? Rewriting.fused(changed) : changed;
  }

  private Parity prove(OnnxModel original, Path canonical, GraphIndex index) throws Stays {
    Path exact = files.canonical(rewrite(original, Integer.MAX_VALUE), "exact-attention");
    Comparison.Inputs inputs = Comparison.random(index, request.seed());
    Parity parity = Parity.NONE;
    try {
      for (Optimization optimization : Optimization.values()) {
        parity = parity.and(Comparison.parity(canonical, exact, inputs, optimization));
      }
    } catch (UnrunnableModelException e) {
      throw new Stays("it could not be run to prove the rewrite: " + e.getMessage());
    }
    if (!parity.within(RewriteProof.TOLERANCE)) {
      throw new Stays(
          "up to the projected length outputs should stay as they are, but they moved by %.2g of the largest"
              .formatted(parity.maxRelative()));
    }
    return parity;
  }

  /** At the longest length that is timed and runs; all batches. */
  private PairTiming time(Path canonical, GraphIndex index, OnnxModel changed) throws Stays {
    Path other = files.canonical(changed, "linformer");
    ModelPair pair = new ModelPair(canonical, index, ModelPair.Bound.DEFAULT);
    Optional<String> unrunnable = Optional.empty();
    for (int length : lengths()) {
      try {
        Map<GridShape, PairTiming> latency =
            pair.measure(
                other,
                request.evaluation().latency().batchSizes().stream()
                    .map(batch -> new GridShape(batch, length))
                    .toList(),
                at -> context.progress(0.5, "timing Linformer at " + at));
        return faster(latency);
      } catch (UnrunnableModelException e) {
        unrunnable = Optional.of(String.valueOf(e.getMessage()));
      }
    }
    throw new Stays(
        "no length above %d that is timed (evaluation.latency.sequenceLengths) runs%s"
            .formatted(projectedLength, unrunnable.map(why -> ": " + why).orElse("")));
  }

  private List<Integer> lengths() {
    return request.evaluation().latency().sequenceLengths().stream()
        .filter(length -> length > projectedLength)
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  private PairTiming faster(Map<GridShape, PairTiming> latency) throws Stays {
    Map.Entry<GridShape, PairTiming> slowest =
        latency.entrySet().stream()
            .max(Comparator.comparingDouble(e -> e.getValue().ratio()))
            .orElseThrow();
    if (request.ranks().neverSlower() && slowest.getValue().ratio() > 1) {
      throw new Stays(
          "with Linformer the whole model took %.2f times as long at %s (ranks.neverSlower)"
              .formatted(slowest.getValue().ratio(), slowest.getKey()));
    }
    return slowest.getValue();
  }
}
