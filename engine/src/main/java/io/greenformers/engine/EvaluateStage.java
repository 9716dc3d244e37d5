package io.greenformers.engine;

import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.engine.report.Documents;
import io.greenformers.engine.report.Report;
import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.StageRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Measures both models and writes the report. */
final class EvaluateStage {
  private final StageRequest request;
  private final StageFiles files;
  private final StageContext context;
  private final MemoryBound bound;

  EvaluateStage(StageRequest request, StageContext context, MemoryBound bound) {
    this.bound = bound;
    this.request = request;
    this.files = new StageFiles(request);
    this.context = context;
  }

  ChildMessage.Result run() {
    Documents.Factorization factorization =
        files.json("factorization.json", Documents.Factorization.class);
    OnnxModel original = files.read("original");
    Optional<Documents.Recovery> recovery = recovery();
    OnnxModel compressed = files.read(recovery.isPresent() ? "recovered" : "compressed");
    try (WeightStore first = original.weights();
        WeightStore second = compressed.weights()) {
      SideBySide.Measured measured =
          bound.canRun(original.fileBytes())
              ? new SideBySide(request, files, context).measure(original, compressed)
              : SideBySide.Measured.NOTHING;
      Documents.Size size = recovery.map(Documents.Recovery::size).orElseGet(factorization::size);
      List<Documents.PartSize> parts =
          SizeByPart.of(original, size.originalBytes(), compressed, size.compressedBytes());
      Report report = report(factorization, recovery, size, parts, measured);
      List<String> artifacts = new ArrayList<>(ReportFiles.write(report, files));
      files.write("manifest.json", Provenance.manifest(request, factorization));
      artifacts.add("manifest.json");
      context.progress(1, "measured");
      return new ChildMessage.Result(
          report.gate().passed(), report.gate().bound().orElse(""), artifacts);
    }
  }

  private Optional<Documents.Recovery> recovery() {
    return files.has("recovery.json")
        ? Optional.of(files.json("recovery.json", Documents.Recovery.class))
        : Optional.empty();
  }

  private Report report(
      Documents.Factorization factorization,
      Optional<Documents.Recovery> recovery,
      Documents.Size size,
      List<Documents.PartSize> parts,
      SideBySide.Measured measured) {
    Optional<Report.AccuracyFigures> accuracy =
        measured.outputs().flatMap(ExampleComparison.Outcome::accuracy);
    Report.Gate gate =
        BudgetGate.of(request.request().budget(), size, measured.latency(), accuracy);
    return new Report(
        Report.SCHEMA_VERSION,
        gate.passed() ? "SUCCEEDED" : "GATE_FAILED",
        gate,
        Documents.lower(request.request().method()).replace('_', '-'),
        factorization.solver(),
        factorization.solverReason(),
        size,
        parts,
        measured.latency(),
        measured.memory(),
        accuracy,
        measured.outputs().map(o -> Report.FidelityFigures.of(o.fidelity())),
        Optional.of(factorization.parity()),
        factorization.fusedOperators(),
        factorization.plan(),
        factorization.sites(),
        recovery.map(Documents.Recovery::training),
        Provenance.of(request));
  }
}
