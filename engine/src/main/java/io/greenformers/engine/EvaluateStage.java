package io.greenformers.engine;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.engine.data.RandomInputs;
import io.greenformers.engine.data.TextInputs;
import io.greenformers.engine.evaluation.Fidelity;
import io.greenformers.engine.evaluation.LatencyGrid;
import io.greenformers.engine.report.Documents;
import io.greenformers.engine.report.Report;
import io.greenformers.engine.report.ReportPage;
import io.greenformers.engine.runtime.Feed;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.PeakMemory;
import io.greenformers.engine.runtime.UnrunnableModelException;
import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.Budget;
import io.greenformers.protocol.request.Evaluation;
import io.greenformers.protocol.request.Texts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Measures both models and writes the report. */
final class EvaluateStage {
  private static final Duration PER_CELL = Duration.ofSeconds(3);

  /** How many texts fidelity is measured on. */
  private static final int TEXTS = 256;

  private final StageRequest request;
  private final StageFiles files;
  private final StageContext context;

  EvaluateStage(StageRequest request, StageContext context) {
    this.request = request;
    this.files = new StageFiles(request);
    this.context = context;
  }

  ChildMessage.Result run() {
    Documents.Factorization factorization =
        files.json("factorization.json", Documents.Factorization.class);
    OnnxModel original = files.read("original");
    OnnxModel compressed = files.read("compressed");
    try (WeightStore first = original.weights();
        WeightStore second = compressed.weights()) {
      Path before = files.canonical(original, "original");
      Path after = files.canonical(compressed, "compressed");
      GraphIndex index = GraphIndex.of(original);
      context.progress(0, "measuring memory");
      Optional<Report.Memory> memory = memory(before, after, index);
      context.progress(0.1, "comparing outputs");
      Fidelity fidelity = Comparison.fidelity(before, after, inputs(index));
      List<LatencyGrid.Measured> latency = latency(before, after, index);
      Report report = report(factorization, fidelity, latency, memory);
      files.write("report.json", report);
      files.text("report.html", ReportPage.html(report));
      files.write("manifest.json", Provenance.manifest(request));
      context.progress(1, "measured");
      return new ChildMessage.Result(
          report.gate().passed(),
          report.gate().bound().orElse(""),
          List.of("report.json", "report.html", "manifest.json"));
    }
  }

  private Comparison.Inputs inputs(GraphIndex index) {
    long seed = request.request().seed();
    Optional<Texts> data = request.request().data();
    return data.isEmpty()
        ? Comparison.random(index, seed)
        : session ->
            new TextInputs(session.inputs(), TokenBounds.of(index))
                .read(
                    files.file("data/" + data.get().files().keySet().iterator().next()),
                    files.file("data/tokenizer"),
                    data.get().maxLength(),
                    TEXTS,
                    seed);
  }

  private List<LatencyGrid.Measured> latency(Path before, Path after, GraphIndex index) {
    Evaluation.Latency grid = request.request().evaluation().latency();
    List<LatencyGrid.Measured> cells = new ArrayList<>();
    try (ModelSession original = ModelSession.open(before, Optimization.ALL);
        ModelSession compressed = ModelSession.open(after, Optimization.ALL)) {
      RandomInputs inputs =
          new RandomInputs(original.inputs(), TokenBounds.of(index), request.request().seed());
      LatencyGrid latency = new LatencyGrid(original, compressed, PER_CELL);
      int all = grid.batchSizes().size() * grid.sequenceLengths().size();
      int done = 0;
      for (int batch : grid.batchSizes()) {
        for (int sequence : grid.sequenceLengths()) {
          context.progress(0.2 + 0.7 * done++ / all, "timing %d×%d".formatted(batch, sequence));
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
    Evaluation.Latency grid = request.request().evaluation().latency();
    try (ModelSession session = ModelSession.open(model, Optimization.ALL)) {
      RandomInputs inputs =
          new RandomInputs(session.inputs(), TokenBounds.of(index), request.request().seed());
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

  private Report report(
      Documents.Factorization factorization,
      Fidelity fidelity,
      List<LatencyGrid.Measured> latency,
      Optional<Report.Memory> memory) {
    Optional<String> broken = broken(factorization.size(), latency);
    return new Report(
        1,
        broken.isEmpty() ? "SUCCEEDED" : "GATE_FAILED",
        new Report.Gate(broken.isEmpty(), broken),
        "low-rank",
        factorization.solver(),
        factorization.size(),
        latency,
        memory,
        new Report.FidelityFigures(fidelity.cosine(), fidelity.relativeL2()),
        factorization.parity(),
        factorization.sites(),
        Provenance.of(request));
  }

  private Optional<String> broken(Documents.Size size, List<LatencyGrid.Measured> latency) {
    Budget budget = request.request().budget();
    if (budget.sizeRatio().filter(most -> size.ratio() > most).isPresent()) {
      return Optional.of("sizeRatio");
    }
    // a bound that could not be measured everywhere does not hold
    double worst =
        latency.stream()
            .mapToDouble(measured ->
                switch (measured) {
                  case LatencyGrid.Cell cell -> 1 / cell.speedup();
                  case LatencyGrid.Missing m -> Double.POSITIVE_INFINITY;
                })
            .max()
            .orElse(Double.POSITIVE_INFINITY);
    return budget.latencyRatio().filter(most -> worst > most).map(m -> "latencyRatio");
  }
}
