package io.greenformers.engine;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.engine.data.RandomInputs;
import io.greenformers.engine.evaluation.Fidelity;
import io.greenformers.engine.evaluation.Parity;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import io.greenformers.engine.runtime.UnrunnableModelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Runs two models, one after the other, on the same random inputs. */
final class Comparison {
  private static final int BATCH = 2;
  private static final int BATCHES = 4;

  /** Tokens, then frames, then samples: speech models need a certain length. */
  private static final int[] LENGTHS = {16, 512, 4096};

  private Comparison() {}

  static Parity parity(Path reference, Path other, GraphIndex index, long seed) {
    Parity parity = Parity.NONE;
    for (Pair pair : run(reference, other, index, seed)) {
      parity = parity.with(pair.first(), pair.second());
    }
    return parity;
  }

  static Fidelity fidelity(Path original, Path compressed, GraphIndex index, long seed) {
    Fidelity fidelity = new Fidelity();
    run(original, compressed, index, seed).forEach(p -> fidelity.add(p.first(), p.second()));
    return fidelity;
  }

  private record Pair(Map<String, Tensor> first, Map<String, Tensor> second) {}

  private static List<Pair> run(Path first, Path second, GraphIndex index, long seed) {
    List<Map<String, Tensor>> inputs = new ArrayList<>();
    List<Map<String, Tensor>> outputs = new ArrayList<>();
    try (ModelSession session = ModelSession.open(first, Optimization.NONE)) {
      RandomInputs random = new RandomInputs(session.inputs(), TokenBounds.of(index), seed);
      int length = length(session, random);
      for (int i = 0; i < BATCHES; i++) {
        inputs.add(random.next(BATCH, length));
        outputs.add(session.run(inputs.getLast()));
      }
    }
    List<Pair> pairs = new ArrayList<>();
    try (ModelSession session = ModelSession.open(second, Optimization.NONE)) {
      for (int i = 0; i < BATCHES; i++) {
        pairs.add(new Pair(outputs.get(i), session.run(inputs.get(i))));
      }
    }
    return pairs;
  }

  private static int length(ModelSession session, RandomInputs random) {
    UnrunnableModelException last = null;
    for (int length : LENGTHS) {
      try {
        session.run(random.next(BATCH, length));
        return length;
      } catch (UnrunnableModelException e) {
        last = e;
      }
    }
    throw Objects.requireNonNull(last);
  }
}
