package io.greenformers.engine.data;

/**
 * A training set in batches, in an order of its own in every epoch. A batch depends on the seed,
 * the epoch and its index alone, and every row is in one batch of an epoch. Not thread-safe.
 */
public sealed interface TrainingSet permits TrainingBatches, TensorBatches {
  /** How many rows there are. */
  int size();

  /** How many batches an epoch has: the same in each. */
  int batchesPerEpoch();

  /**
   * A batch, the same whenever it is asked for.
   *
   * @param epoch from 0
   * @param index from 0, below {@link #batchesPerEpoch}
   */
  ModelBatch batch(int epoch, int index);

  /**
   * Checks classes against the width of the model's output, before anything is trained.
   *
   * @param classes how many classes the model knows
   * @throws InvalidDatasetException if one is not below it, with the first ten rows
   */
  void requireLabelsBelow(int classes);
}
