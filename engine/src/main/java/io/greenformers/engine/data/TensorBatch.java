package io.greenformers.engine.data;

import io.greenformers.engine.runtime.Tensor;
import java.util.Map;

/**
 * Rows of ready tensors.
 *
 * @param inputs by the names of the model
 * @param targets from the tensor {@code labels}
 * @param size how many rows
 */
public record TensorBatch(Map<String, Tensor> inputs, Targets targets, int size)
    implements ModelBatch {
  public TensorBatch {
    inputs = Map.copyOf(inputs);
  }

  @Override
  public TensorBatch rows(int from, int to) {
    return new TensorBatch(ModelBatch.rows(inputs, from, to), targets.rows(from, to), to - from);
  }
}
