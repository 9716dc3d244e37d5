package io.greenformers.engine.evaluation;

import io.greenformers.engine.data.ModelBatch;
import io.greenformers.engine.runtime.Tensor;
import java.util.Arrays;
import java.util.Map;

/**
 * A metric of one model, batch by batch. Two measurements on the same batches in the same order can
 * be compared by {@link AccuracyDrop}. Not thread-safe.
 */
public abstract sealed class Measurement
    permits Accuracy, ClassMeasurement, PlaceMeasurement, ValueMeasurement, PairMeasurement {

  /**
   * Adds what the model made of the next batch.
   *
   * @param outputs by name
   * @throws io.greenformers.engine.data.InvalidDatasetException if a label is none of the model's,
   *     or the model has no output that the metric is of
   */
  public abstract void add(ModelBatch batch, Map<String, Tensor> outputs);

  /** How many examples, or pairs of texts, were added. */
  public abstract int samples();

  /** The metric over all that was added. */
  public double value() {
    int[] once = new int[samples()];
    Arrays.fill(once, 1);
    return statistic().of(once);
  }

  /** The metric as a function of how often each sample counts. */
  abstract Statistic statistic();
}
