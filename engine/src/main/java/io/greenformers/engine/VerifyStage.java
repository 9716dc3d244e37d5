package io.greenformers.engine;

import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.engine.report.Documents;
import io.greenformers.engine.report.Report;
import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.StageRequest;
import java.util.List;
import java.util.Optional;

/** Compares any two models with the same inputs, wherever the second one comes from. */
final class VerifyStage {
  private final StageRequest request;
  private final StageFiles files;
  private final StageContext context;

  VerifyStage(StageRequest request, StageContext context) {
    this.request = request;
    this.files = new StageFiles(request);
    this.context = context;
  }

  ChildMessage.Result run() {
    context.progress(0, "reading the models");
    OnnxModel original = files.read("original");
    OnnxModel compressed = files.read("compressed");
    try (WeightStore first = original.weights();
        WeightStore second = compressed.weights()) {
      Report report =
          report(
              original,
              compressed,
              new SideBySide(request, files, context).measure(original, compressed));
      List<String> artifacts = ReportFiles.write(report, files);
      context.progress(1, "measured");
      return new ChildMessage.Result(
          report.gate().passed(), report.gate().bound().orElse(""), artifacts);
    }
  }

  private Report report(OnnxModel original, OnnxModel compressed, SideBySide.Measured measured) {
    long before = original.fileBytes();
    long after = compressed.fileBytes();
    Documents.Size size =
        new Documents.Size(
            before,
            after,
            (double) after / before,
            InspectStage.parameters(original),
            InspectStage.parameters(compressed));
    Optional<Report.AccuracyFigures> accuracy =
        measured.outputs().flatMap(ExampleComparison.Outcome::accuracy);
    Report.Gate gate =
        BudgetGate.of(request.request().budget(), size, measured.latency(), accuracy);
    return new Report(
        Report.SCHEMA_VERSION,
        gate.passed() ? "SUCCEEDED" : "GATE_FAILED",
        gate,
        "verification",
        "none",
        Optional.empty(),
        size,
        SizeByPart.of(original, before, compressed, after),
        measured.latency(),
        measured.memory(),
        accuracy,
        measured.outputs().map(o -> Report.FidelityFigures.of(o.fidelity())),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Provenance.of(request));
  }
}
