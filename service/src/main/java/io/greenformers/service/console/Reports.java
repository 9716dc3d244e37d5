package io.greenformers.service.console;

import io.greenformers.service.artifact.ArtifactStore;
import io.greenformers.service.artifact.StoredArtifact;
import io.greenformers.service.compression.Compression;
import java.nio.file.Path;
import java.util.Optional;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the reports of compressions. Thread-safe. */
@Component
final class Reports {
  private static final JsonMapper JSON = new JsonMapper();

  private final ArtifactStore store;

  Reports(ArtifactStore store) {
    this.store = store;
  }

  /** A compression's {@code report.json}; empty where there is none, or not yet. */
  Optional<JsonNode> of(Compression compression) {
    StoredArtifact report = compression.published().get("report.json");
    return Optional.ofNullable(report).map(store::file).map(Path::toFile).map(JSON::readTree);
  }

  Optional<Outcome> outcome(Compression compression) {
    return of(compression).map(Outcome::of);
  }
}
