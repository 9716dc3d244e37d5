package io.greenformers.engine.data;

import io.greenformers.engine.runtime.Tensor;
import java.util.Map;

/** Rows of a dataset as one run's inputs, with what is known of them. */
public sealed interface ModelBatch permits TextBatch, TensorBatch {
  /** By the names of the model; the first axis is that of the rows. */
  Map<String, Tensor> inputs();

  /** What the model should give. */
  Targets targets();

  /** How many rows there are. */
  int size();
}
