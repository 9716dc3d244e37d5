package io.greenformers.service.compression;

import io.greenformers.protocol.child.Stage;
import io.greenformers.service.Tenant;
import io.greenformers.service.artifact.StoredArtifact;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A compression as it is now.
 *
 * @param request the request document, defaults included, as JSON
 * @param progress where it is; kept when it ends
 * @param ending why it ended as it did
 * @param sequence grows with every visible change
 * @param artifacts what its stages added, by logical name
 */
public record Compression(
    String id,
    Tenant tenant,
    String modelId,
    String request,
    CompressionState state,
    Progress progress,
    Ending ending,
    long sequence,
    Times times,
    Map<String, StoredArtifact> artifacts) {

  /** Where models are; a later one takes the place of an earlier one. */
  private static final List<String> MODELS = List.of("compressed/", "recovered/");

  /**
   * How far it is.
   *
   * @param fraction of the stage, from 0 to 1
   */
  public record Progress(
      Optional<Stage> stage, Optional<Double> fraction, Optional<String> activity) {}

  /**
   * Why it ended as it did.
   *
   * @param bound of the budget that did not hold
   */
  public record Ending(Optional<String> code, Optional<String> message, Optional<String> bound) {
    static final Ending NONE = new Ending(Optional.empty(), Optional.empty(), Optional.empty());

    static Ending because(String code, String message) {
      return new Ending(Optional.of(code), Optional.of(message), Optional.empty());
    }

    static Ending bound(String bound) {
      return new Ending(
          Optional.empty(),
          Optional.empty(),
          bound.isEmpty() ? Optional.empty() : Optional.of(bound));
    }
  }

  /** When what happened. */
  public record Times(Instant created, Optional<Instant> started, Optional<Instant> finished) {}

  /** The artifacts by the names that users know: {@code compressed/model.onnx} is model.onnx. */
  public Map<String, StoredArtifact> published() {
    Map<String, StoredArtifact> published = new LinkedHashMap<>(artifacts);
    for (String folder : MODELS) {
      artifacts.forEach((name, artifact) -> {
        if (name.startsWith(folder)) {
          published.remove(name);
          published.put(name.substring(folder.length()), artifact);
        }
      });
    }
    return published;
  }
}
