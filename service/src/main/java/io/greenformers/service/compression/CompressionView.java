package io.greenformers.service.compression;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.greenformers.protocol.child.Stage;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A compression as JSON. */
@Schema(name = "Compression")
record CompressionView(
    String id,
    CompressionState state,
    Optional<Stage> stage,
    Optional<Double> fraction,
    Optional<String> activity,
    Optional<String> code,
    Optional<String> message,
    Optional<String> bound,
    Instant createdAt,
    Optional<Instant> startedAt,
    Optional<Instant> finishedAt,
    @Schema(implementation = Object.class, description = "The request, defaults included")
        @JsonProperty("request")
        Optional<JsonNode> request,
    List<ArtifactView> artifacts) {
  private static final JsonMapper JSON = new JsonMapper();

  /** A stored output. */
  @Schema(name = "Artifact")
  record ArtifactView(String name, long bytes, String sha256, String href) {}

  static CompressionView of(Compression compression) {
    return of(compression, Optional.of(JSON.readTree(compression.request())));
  }

  static CompressionView withoutRequest(Compression compression) {
    return of(compression, Optional.empty());
  }

  private static CompressionView of(Compression c, Optional<JsonNode> request) {
    return new CompressionView(
        c.id(),
        c.state(),
        c.progress().stage(),
        c.progress().fraction(),
        c.progress().activity(),
        c.ending().code(),
        c.ending().message(),
        c.ending().bound(),
        c.times().created(),
        c.times().started(),
        c.times().finished(),
        request,
        c.published().entrySet().stream()
            .map(a ->
                new ArtifactView(
                    a.getKey(),
                    a.getValue().bytes(),
                    a.getValue().sha256(),
                    "/v1/compressions/%s/artifacts/%s".formatted(c.id(), a.getKey())))
            .toList());
  }
}
