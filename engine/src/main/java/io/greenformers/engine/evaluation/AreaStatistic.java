package io.greenformers.engine.evaluation;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The area under the receiver operating characteristic: the share of the pairs of a positive and a
 * negative member in which the positive has the larger score, equal ones by half (Hanley and McNeil
 * 1982). 0.5 where there are no such pairs.
 */
final class AreaStatistic implements Statistic {
  private final double[] scores;
  private final boolean[] positive;
  private final int[] ascending;

  /**
   * Sorts members.
   *
   * @param scores per member; one that is no number counts as wrong in every pair; not copied
   * @param positive per member; not copied
   */
  AreaStatistic(double[] scores, boolean[] positive) {
    this.positive = positive;
    this.scores = new double[scores.length];
    for (int i = 0; i < scores.length; i++) {
      double worst = positive[i] ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
      this.scores[i] = Double.isNaN(scores[i]) ? worst : scores[i];
    }
    this.ascending =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> this.scores[i]))
            .mapToInt(Integer::intValue)
            .toArray();
  }

  @Override
  public double of(int[] times) {
    double inOrder = 0;
    long negatives = 0;
    long positives = 0;
    for (int from = 0; from < ascending.length; ) {
      long equalNegatives = 0;
      long equalPositives = 0;
      double score = scores[ascending[from]];
      for (; from < ascending.length && scores[ascending[from]] == score; from++) {
        int member = ascending[from];
        equalPositives += positive[member] ? times[member] : 0;
        equalNegatives += positive[member] ? 0 : times[member];
      }
      inOrder += equalPositives * (negatives + equalNegatives / 2.0);
      negatives += equalNegatives;
      positives += equalPositives;
    }
    return negatives * positives == 0 ? 0.5 : inOrder / ((double) negatives * positives);
  }
}
