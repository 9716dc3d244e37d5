package io.greenformers.engine;

import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.engine.report.Documents;
import io.greenformers.engine.runtime.FusedOperators;
import io.greenformers.protocol.request.CompressionRequest;
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
  private final OnnxModel original;
  private final Path before;
  private final Subject subject;
  private final CompressionRequest request;

  /**
   * Prepares.
   *
   * @param original the model that was given
   * @param before its file, as ONNX Runtime may see it
   */
  FactorizationFiles(
      StageFiles files,
      OnnxModel original,
      Path before,
      Subject subject,
      CompressionRequest request) {
    this.files = files;
    this.original = original;
    this.before = before;
    this.subject = subject;
    this.request = request;
  }

  /** Writes both; returns their names. */
  List<String> write(OnnxModel factorized, Choice choice, Proof proof, ChosenSolver solver) {
    // weights are trained before they are rounded
    Storage.Dense dense =
        request.recovery().isPresent() ? Storage.Dense.KEEP : request.storage().dense();
    CompressedModel written =
        CompressedModel.write(original, factorized, dense, "compressed", files);
    files.write(
        "factorization.json",
        new Documents.Factorization(
            1,
            solver.name(),
            Optional.of(solver.reason()),
            written.size(),
            proof.parity(),
            choice.rows(),
            fusedOperators(written.model()),
            plan(proof, choice)));
    List<String> artifacts = new ArrayList<>(List.of("factorization.json"));
    artifacts.addAll(written.artifacts());
    return artifacts;
  }

  private Optional<Documents.FusedOperators> fusedOperators(Path compressed) {
    return subject.isLarge() || subject.model().fileBytes() > MOST_COUNTED_BYTES
        ? Optional.empty()
        : Optional.of(
            new Documents.FusedOperators(
                FusedOperators.of(before).counts(), FusedOperators.of(compressed).counts()));
  }

  /** Empty where there is nothing to say. */
  private Optional<Documents.Plan> plan(Proof proof, Choice choice) {
    List<String> remarks = new ArrayList<>(LeftAlone.remarks(subject.index(), subject.sites()));
    remarks.addAll(proof.remarks());
    return remarks.isEmpty() && choice.candidates().isEmpty()
        ? Optional.empty()
        : Optional.of(new Documents.Plan(remarks, choice.candidates()));
  }
}
