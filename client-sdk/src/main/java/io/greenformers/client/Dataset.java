package io.greenformers.client;

import java.time.Instant;

/**
 * An uploaded file that is no model: texts, ready tensors, or a tokenizer.
 *
 * @param id {@code sha256:…}, to be used in requests
 */
public record Dataset(String id, long bytes, Instant createdAt) {}
