package io.greenformers.engine;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.engine.data.RandomInputs;
import io.greenformers.engine.evaluation.LatencyGrid;
import io.greenformers.engine.report.Report;
import io.greenformers.engine.runtime.Feed;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.PeakMemory;
import io.greenformers.engine.runtime.UnrunnableModelException;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.Evaluation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Runs two models on the same inputs, and measures what that takes and gives. */
final class SideBySide {
  private static final Duration PER_CELL = Duration.ofSeconds(3);

  private final StageRequest stage;
  private final CompressionRequest request;
  private final StageFiles files;
  private final StageContext context;

  SideBySide(StageRequest stage, StageFiles files, StageContext context) {
    this.stage = stage;
    this.request = stage.request();
    this.files = files;
    this.context = context;
  }

  /**
   * What running both models gave.
   *
   * @param outputs empty where they were not run
   */
  record Measured(
      Optional<ExampleComparison.Outcome> outputs,
      List<LatencyGrid.Measured> latency,
      Optional<Report.Memory> memory) {
    /** Of models that are too large to be run; the remarks of the factorization say so. */
    static final Measured NOTHING = new Measured(Optional.empty(), List.of(), Optional.empty());
  }

  Measured measure(OnnxModel original, OnnxModel compressed) {
    Path before = files.canonical(original, "original");
    Path after = files.canonical(compressed, "compressed");
    GraphIndex index = GraphIndex.of(original);
    context.progress(0, "measuring memory");
    Optional<Report.Memory> memory = memory(before, after, index);
    context.progress(0.1, "comparing outputs");
    ExampleComparison.Outcome outputs = compare(before, after, index);
    return new Measured(Optional.of(outputs), latency(before, after, index), memory);
  }

  private ExampleComparison.Outcome compare(Path before, Path after, GraphIndex index) {
    Optional<StageExamples<?>> examples = StageExamples.of(stage, files);
    return examples.isPresent()
        ? new ExampleComparison(examples.get(), request, context)
            .run(before, after, TokenBounds.of(index))
        : new ExampleComparison.Outcome(
            Comparison.fidelity(before, after, random(index)), Optional.empty());
  }

  /** Other attention differs in long sequences only. */
  private Comparison.Inputs random(GraphIndex index) {
    return request.method().changesAttention()
        ? Comparison.random(index, request.seed(), request.evaluation().latency().sequenceLengths())
        : Comparison.random(index, request.seed());
  }

  private List<LatencyGrid.Measured> latency(Path before, Path after, GraphIndex index) {
    Evaluation.Latency grid = request.evaluation().latency();
    List<LatencyGrid.Measured> cells = new ArrayList<>();
    try (ModelSession original = ModelSession.open(before, Optimization.ALL);
        ModelSession compressed = ModelSession.open(after, Optimization.ALL)) {
      RandomInputs inputs =
          new RandomInputs(original.inputs(), TokenBounds.of(index), request.seed());
      LatencyGrid latency = new LatencyGrid(original, compressed, PER_CELL);
      int all = grid.batchSizes().size() * grid.sequenceLengths().size();
      int done = 0;
      for (int batch : grid.batchSizes()) {
        for (int sequence : grid.sequenceLengths()) {
          context.progress(0.3 + 0.65 * done++ / all, "timing %d×%d".formatted(batch, sequence));
          cells.add(latency.measure(inputs, batch, sequence));
          if (!inputs.hasDynamicAxes()) {
            return cells;
          }
        }
      }
    }
    return cells;
  }

  /** Before anything else is run: memory that was freed is taken again without growing. */
  private Optional<Report.Memory> memory(Path before, Path after, GraphIndex index) {
    PeakMemory.warmUp(before.resolveSibling(""));
    OptionalLong compressed = PeakMemory.of(() -> runLargest(after, index));
    OptionalLong original = PeakMemory.of(() -> runLargest(before, index));
    return compressed.isPresent() && original.isPresent()
        ? Optional.of(new Report.Memory(original.getAsLong(), compressed.getAsLong()))
        : Optional.empty();
  }

  private void runLargest(Path model, GraphIndex index) {
    Evaluation.Latency grid = request.evaluation().latency();
    try (ModelSession session = ModelSession.open(model, Optimization.ALL)) {
      RandomInputs inputs =
          new RandomInputs(session.inputs(), TokenBounds.of(index), request.seed());
      try (Feed feed =
          Feed.of(
              inputs.next(
                  Collections.max(grid.batchSizes()), Collections.max(grid.sequenceLengths())))) {
        session.time(feed);
      }
    } catch (UnrunnableModelException e) {
      // the latency grid says that, and why
    }
  }
}
