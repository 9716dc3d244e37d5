package io.greenformers.engine.evaluation;

import java.util.ArrayList;
import java.util.List;

/** Metrics of expected and given classes; a member may have several, or none. Not thread-safe. */
final class ClassStatistic implements Statistic {
  private final Metric metric;
  private final List<int[]> labels = new ArrayList<>();
  private final List<int[]> predictions = new ArrayList<>();
  private final ClassCounts counts;

  /**
   * Nothing was counted yet.
   *
   * @param metric one of classes
   */
  ClassStatistic(Metric metric, int classes) {
    this.metric = metric;
    this.counts = new ClassCounts(classes);
  }

  /**
   * Adds a member.
   *
   * @param expected classes from 0; not copied
   * @param given the same number of classes, −1 for none; not copied
   */
  void add(int[] expected, int[] given) {
    labels.add(expected);
    predictions.add(given);
  }

  @Override
  public double of(int[] times) {
    counts.clear();
    for (int i = 0; i < times.length; i++) {
      if (times[i] > 0) {
        int[] expected = labels.get(i);
        int[] given = predictions.get(i);
        for (int j = 0; j < expected.length; j++) {
          counts.add(expected[j], given[j], times[i]);
        }
      }
    }
    return switch (metric) {
      case MACRO_F1 -> counts.macroF1();
      case MATTHEWS -> counts.matthews();
      case TOKEN_F1 -> counts.f1WithoutFirst();
      case ACCURACY, AUC, PEARSON, SPEARMAN, PERPLEXITY, RECALL_AT_1, COSINE ->
          throw new IllegalStateException(metric + " is not of classes alone");
    };
  }
}
