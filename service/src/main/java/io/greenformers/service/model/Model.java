package io.greenformers.service.model;

import io.greenformers.service.artifact.StoredArtifact;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An uploaded model.
 *
 * @param id {@code sha256:…}: of the file, or, where there are several, of their names and digests
 * @param files the model itself first
 * @param childrenKilled how many engine children crashed or hung on it
 */
public record Model(String id, List<ModelFile> files, int childrenKilled, Instant createdAt) {
  /** A model that ended this many children is not given to another. */
  private static final int QUARANTINE_AFTER = 2;

  static final String MODEL_ARTIFACT = "original/model.onnx";

  public Model {
    files = List.copyOf(files);
  }

  /**
   * One file of a model.
   *
   * @param artifact its logical name in a compression, {@code original/…}
   * @param name as it was uploaded
   */
  public record ModelFile(String artifact, String name, StoredArtifact stored) {}

  /** Whether it must not be given to an engine child any more. */
  public boolean isQuarantined() {
    return childrenKilled >= QUARANTINE_AFTER;
  }

  /** What its owner calls it: the name of its file. */
  public String name() {
    return files.getFirst().name();
  }

  /** The bytes of all files. */
  public long bytes() {
    return files.stream().mapToLong(f -> f.stored().bytes()).sum();
  }

  /** What a stage is given of it, by logical name. */
  public Map<String, StoredArtifact> artifacts() {
    Map<String, StoredArtifact> artifacts = new LinkedHashMap<>();
    files.forEach(f -> artifacts.put(f.artifact(), f.stored()));
    return artifacts;
  }
}
