package io.greenformers.engine;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.rewrite.StorageMode;
import io.greenformers.core.rewrite.StoragePass;
import io.greenformers.engine.report.Documents;
import io.greenformers.engine.runtime.FusedOperators;
import io.greenformers.protocol.request.Storage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the stage hands on: the compressed model, and the document that says how it came about. */
final class FactorizationFiles {
  /** Counting writes the optimised model, in memory and on disk. */
  private static final long MOST_COUNTED_BYTES = 1L << 30;

  private final StageFiles files;
  private final Subject subject;
  private final Storage storage;

  FactorizationFiles(StageFiles files, Subject subject, Storage storage) {
    this.files = files;
    this.subject = subject;
    this.storage = storage;
  }

  /** Writes both; returns their names. */
  List<String> write(OnnxModel factorized, Choice choice, Proof proof, ChosenSolver solver) {
    OnnxModel compressed = stored(factorized);
    ModelFiles written =
        ModelWriter.write(compressed, files.output("compressed"), StageFiles.MODEL);
    files.write(
        "factorization.json",
        new Documents.Factorization(
            1,
            solver.name(),
            Optional.of(solver.reason()),
            size(compressed, StageFiles.bytes(written.model())),
            proof.parity(),
            choice.rows(),
            fusedOperators(written.model()),
            plan(proof, choice)));
    List<String> artifacts =
        new ArrayList<>(List.of("factorization.json", "compressed/" + StageFiles.MODEL));
    written.external().keySet().forEach(name -> artifacts.add("compressed/" + name));
    return artifacts;
  }

  private OnnxModel stored(OnnxModel model) {
    return switch (storage.dense()) {
      case KEEP -> model;
      case FP16 -> stored(model, StorageMode.FP16);
      case INT8 -> stored(model, StorageMode.INT8);
      case INT8_DYNAMIC -> stored(model, StorageMode.INT8_DYNAMIC);
    };
  }

  private static OnnxModel stored(OnnxModel model, StorageMode mode) {
    return new StoragePass(GraphIndex.of(model), mode).apply(model).model();
  }

  private Documents.Size size(OnnxModel compressed, long bytes) {
    long before = subject.model().fileBytes();
    return new Documents.Size(
        before,
        bytes,
        (double) bytes / before,
        InspectStage.parameters(subject.model()),
        InspectStage.parameters(compressed));
  }

  private Optional<Documents.FusedOperators> fusedOperators(Path compressed) {
    return subject.isLarge() || subject.model().fileBytes() > MOST_COUNTED_BYTES
        ? Optional.empty()
        : Optional.of(
            new Documents.FusedOperators(
                FusedOperators.of(subject.canonical()).counts(),
                FusedOperators.of(compressed).counts()));
  }

  /** Empty where there is nothing to say. */
  private static Optional<Documents.Plan> plan(Proof proof, Choice choice) {
    return proof.remarks().isEmpty() && choice.candidates().isEmpty()
        ? Optional.empty()
        : Optional.of(new Documents.Plan(proof.remarks(), choice.candidates()));
  }
}
