package io.greenformers.engine.evaluation;

import io.greenformers.engine.data.ModelBatch;
import io.greenformers.engine.data.Targets;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.Tensor;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * Which examples a classifier classifies right: those whose label is the index of the largest
 * output (the first of equals). One with an output that is not finite is classified wrong. Not
 * thread-safe.
 */
public final class Accuracy extends Measurement {
  private final List<ModelBatch> batches;
  private final BitSet right = new BitSet();
  private int samples;

  /**
   * Nothing was classified yet.
   *
   * @param batches labelled, all that will be added, in their order
   */
  public Accuracy(List<? extends ModelBatch> batches) {
    this.batches = List.copyOf(batches);
  }

  /**
   * Classifies all batches.
   *
   * @throws io.greenformers.engine.data.InvalidDatasetException if a label is not one of the
   *     model's classes, or the model has no output [batch, classes]
   * @throws io.greenformers.engine.runtime.UnrunnableModelException if the model fails on the texts
   */
  public static Accuracy of(ModelSession session, List<? extends ModelBatch> batches) {
    Accuracy accuracy = new Accuracy(batches);
    batches.forEach(batch -> accuracy.add(batch, session.run(batch.inputs())));
    return accuracy;
  }

  @Override
  public void add(ModelBatch batch, Map<String, Tensor> outputs) {
    Tensor labels = labels(batch);
    Tensor scores = ModelOutput.classes(outputs, batch.size());
    int classes = Math.toIntExact(scores.shape().get(1));
    if (samples == 0) {
      ModelBatch.requireLabelsBelow(classes, batches);
    }
    for (int i = 0; i < batch.size(); i++) {
      right.set(samples++, ModelOutput.largest(scores, i) == (int) labels.get(i));
    }
  }

  /** The class of each row: int64 [batch]. */
  static Tensor labels(ModelBatch batch) {
    if (batch.targets() instanceof Targets.Classes(Tensor indices)) {
      return indices;
    }
    throw new IllegalStateException("expected a class per row, found " + batch.targets());
  }

  @Override
  public int samples() {
    return samples;
  }

  /** How many of them right. */
  public int right() {
    return right.cardinality();
  }

  /** Whether the example at a place, in the order of the batches, is classified right. */
  public boolean isRight(int index) {
    return right.get(index);
  }

  /** right / samples; 0 without any. */
  @Override
  public double value() {
    return samples == 0 ? 0 : (double) right() / samples;
  }

  @Override
  Statistic statistic() {
    double[] rights = new double[samples];
    for (int i = 0; i < samples; i++) {
      rights[i] = isRight(i) ? 1 : 0;
    }
    return Statistic.mean(rights);
  }
}
