package io.greenformers.engine.evaluation;

import io.greenformers.engine.data.TextBatch;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.Tensor;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * Which of the texts a classifier classifies right: those whose label is the index of the largest
 * output (the first of equals). A text with an output that is not finite is classified wrong. Not
 * thread-safe.
 */
public final class Accuracy extends Measurement {
  private final List<TextBatch> batches;
  private final BitSet right = new BitSet();
  private int samples;

  /**
   * Nothing was classified yet.
   *
   * @param batches labelled, all that will be added, in their order
   */
  public Accuracy(List<TextBatch> batches) {
    this.batches = List.copyOf(batches);
  }

  /**
   * Classifies all batches.
   *
   * @throws io.greenformers.engine.data.InvalidDatasetException if a label is not one of the
   *     model's classes, or the model has no output [batch, classes]
   * @throws io.greenformers.engine.runtime.UnrunnableModelException if the model fails on the texts
   */
  public static Accuracy of(ModelSession session, List<TextBatch> batches) {
    Accuracy accuracy = new Accuracy(batches);
    batches.forEach(batch -> accuracy.add(batch, session.run(batch.inputs())));
    return accuracy;
  }

  @Override
  public void add(TextBatch batch, Map<String, Tensor> outputs) {
    Tensor scores = ModelOutput.classes(outputs, batch.size());
    int classes = Math.toIntExact(scores.shape().get(1));
    if (samples == 0) {
      TextBatch.requireLabelsBelow(classes, batches);
    }
    for (int i = 0; i < batch.size(); i++) {
      right.set(samples++, ModelOutput.largest(scores, i) == batch.label(i));
    }
  }

  @Override
  public int samples() {
    return samples;
  }

  /** How many of them right. */
  public int right() {
    return right.cardinality();
  }

  /** Whether the text at a place, in the order of the batches, is classified right. */
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
