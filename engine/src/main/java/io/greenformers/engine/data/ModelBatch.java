package io.greenformers.engine.data;

import io.greenformers.engine.runtime.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** Rows of a dataset as one run's inputs, with what is known of them. */
public sealed interface ModelBatch permits TextBatch, TensorBatch {
  /** By the names of the model; the first axis is that of the rows. */
  Map<String, Tensor> inputs();

  /** What the model should give. */
  Targets targets();

  /** How many rows there are. */
  int size();

  /**
   * A part of the rows, in the same memory.
   *
   * @param from the first
   * @param to after the last
   */
  ModelBatch rows(int from, int to);

  /** The same part of tensors that have a row for each. */
  static Map<String, Tensor> rows(Map<String, Tensor> tensors, int from, int to) {
    Map<String, Tensor> parts = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> parts.put(name, tensor.rows(from, to)));
    return parts;
  }
}
