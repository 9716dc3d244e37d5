package io.greenformers.engine.evaluation;

import io.greenformers.engine.data.InvalidDatasetException;
import io.greenformers.engine.data.ModelBatch;
import io.greenformers.engine.runtime.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A metric of classes, one per example: macro F1, Matthews' correlation, the area under the curve.
 */
final class ClassMeasurement extends Measurement {
  private final Metric metric;
  private final List<ModelBatch> batches;
  private final List<Integer> labels = new ArrayList<>();
  private final List<Integer> predictions = new ArrayList<>();

  /** The score of class 1 beyond that of class 0. */
  private final List<Double> margins = new ArrayList<>();

  private int classes;

  ClassMeasurement(Metric metric, List<? extends ModelBatch> batches) {
    this.metric = metric;
    this.batches = List.copyOf(batches);
  }

  @Override
  public void add(ModelBatch batch, Map<String, Tensor> outputs) {
    Tensor expected = Accuracy.labels(batch);
    Tensor scores = ModelOutput.classes(outputs, batch.size());
    if (classes == 0) {
      classes = Math.toIntExact(scores.shape().getLast());
      requireTwo();
      ModelBatch.requireLabelsBelow(classes, batches);
    }
    for (int i = 0; i < batch.size(); i++) {
      labels.add((int) expected.get(i));
      predictions.add(ModelOutput.largest(scores, i));
      margins.add(scores.get(i * classes + 1) - scores.get(i * classes));
    }
  }

  private void requireTwo() {
    if (metric == Metric.AUC && classes != 2) {
      throw InvalidDatasetException.notForModel(
          "evaluation.metric auc: expected a model of 2 classes, found %d; use macro-f1"
              .formatted(classes));
    }
  }

  @Override
  public int samples() {
    return labels.size();
  }

  @Override
  Statistic statistic() {
    if (metric == Metric.AUC) {
      boolean[] positive = new boolean[labels.size()];
      for (int i = 0; i < positive.length; i++) {
        positive[i] = labels.get(i) == 1;
      }
      return new AreaStatistic(
          margins.stream().mapToDouble(Double::doubleValue).toArray(), positive);
    }
    ClassStatistic statistic = new ClassStatistic(metric, classes);
    for (int i = 0; i < labels.size(); i++) {
      statistic.add(new int[] {labels.get(i)}, new int[] {predictions.get(i)});
    }
    return statistic;
  }
}
