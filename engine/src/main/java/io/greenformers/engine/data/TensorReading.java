package io.greenformers.engine.data;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How ready tensors are read.
 *
 * @param format found by the content where it is empty
 * @param labels the name of the tensor of labels, which must be there; {@code labels} where it is
 *     empty, which need not
 * @param signature of the model: there must be a tensor for each of its inputs
 * @param scratch a directory for what is unpacked; the caller deletes it at the end
 */
public record TensorReading(
    Optional<TensorFormat> format, Optional<String> labels, Signature signature, Path scratch) {
  private static final String USUAL_LABELS = "labels";

  /** The name of the tensor of labels. */
  String labelsName() {
    return labels.orElse(USUAL_LABELS);
  }
}
