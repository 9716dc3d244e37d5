package io.greenformers.client;

import java.time.Instant;
import java.util.Objects;

/**
 * An uploaded file that is no model: texts, ready tensors, or a tokenizer.
 *
 * @param id {@code sha256:…}, to be used in requests
 */
public record Dataset(String id, long bytes, Instant createdAt) {
  public Dataset {
    Objects.requireNonNull(id, "id");
  }
}
