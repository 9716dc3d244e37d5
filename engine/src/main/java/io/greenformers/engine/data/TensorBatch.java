package io.greenformers.engine.data;

import io.greenformers.engine.runtime.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Rows of ready tensors.
 *
 * @param inputs by the names of the model
 * @param mask [batch, sequence] from the tensor {@code attention_mask}, whether or not the model
 *     takes such an input
 * @param targets from the tensor of labels
 * @param rows their places in the file, from 0
 */
public record TensorBatch(
    Map<String, Tensor> inputs, Optional<Tensor> mask, Targets targets, List<Integer> rows)
    implements ModelBatch {
  public TensorBatch {
    inputs = Map.copyOf(inputs);
    rows = List.copyOf(rows);
  }

  @Override
  public int size() {
    return rows.size();
  }

  @Override
  public TensorBatch rows(int from, int to) {
    return new TensorBatch(
        ModelBatch.rows(inputs, size(), from, to),
        mask.map(places -> places.rows(from, to)),
        targets.rows(from, to),
        rows.subList(from, to));
  }
}
