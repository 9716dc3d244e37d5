package io.greenformers.protocol.child;

import io.greenformers.protocol.request.CompressionRequest;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What one engine child is asked to do.
 *
 * <p>Artifacts have logical names with {@code /} between folder and file. A compression begins with
 * {@code original/model.onnx} and its external data files beside it, and where the request has data
 * {@code data/train}, {@code data/evaluation} and {@code data/calibration}, those of them that it
 * names, and {@code data/tokenizer}; every stage is given all artifacts so far and adds its own,
 * see {@link Stage}. A dataset's own name may end with the extension of its format, or with none.
 *
 * @param stage which stage to run
 * @param request the compression that the stage belongs to
 * @param artifacts logical name to a file that may be read and never written
 * @param output the directory to write new artifacts to, each at its logical name
 * @param work a directory of this stage of this compression alone, which outlives the child: what
 *     one attempt finishes there, the next one need not do again. Created where there is none;
 *     whoever names it deletes it when the stage has ended for good
 * @param machine this machine's place, where several share the training of {@link Stage#RECOVER}
 */
public record StageRequest(
    Stage stage,
    CompressionRequest request,
    Map<String, Path> artifacts,
    Path output,
    Optional<Path> work,
    Optional<MachineSeat> machine) {
  public StageRequest {
    artifacts = Map.copyOf(artifacts);
  }

  /** A stage of this machine alone. */
  public StageRequest(
      Stage stage,
      CompressionRequest request,
      Map<String, Path> artifacts,
      Path output,
      Optional<Path> work) {
    this(stage, request, artifacts, output, work, Optional.empty());
  }

  /** A stage of which nothing outlives the child but its artifacts. */
  public StageRequest(
      Stage stage, CompressionRequest request, Map<String, Path> artifacts, Path output) {
    this(stage, request, artifacts, output, Optional.empty());
  }

  /** The same, shared with other machines. */
  public StageRequest at(MachineSeat seat) {
    return new StageRequest(stage, request, artifacts, output, work, Optional.of(seat));
  }
}
