package io.greenformers.client;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * An uploaded model.
 *
 * @param id {@code sha256:…}, to be used in requests
 * @param bytes of all its files
 * @param files the model itself first, then its external data
 */
public record Model(String id, long bytes, List<File> files, Instant createdAt) {
  public Model {
    Objects.requireNonNull(id, "id");
    files = List.copyOf(files);
  }

  /** One file of a model. */
  public record File(String name, long bytes, String sha256) {}
}
