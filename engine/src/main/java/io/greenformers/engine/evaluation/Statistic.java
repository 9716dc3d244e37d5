package io.greenformers.engine.evaluation;

/** A number of a sample, as a function of how often each of its members was drawn. */
@FunctionalInterface
interface Statistic {
  /**
   * The number.
   *
   * @param times how often each member counts, in their order; not modified
   */
  double of(int[] times);

  /**
   * The mean of a number per member.
   *
   * @param values not copied
   */
  static Statistic mean(double[] values) {
    return times -> {
      double sum = 0;
      long count = 0;
      for (int i = 0; i < times.length; i++) {
        sum += times[i] * values[i];
        count += times[i];
      }
      return count == 0 ? 0 : sum / count;
    };
  }

  /**
   * Σ over / Σ under; 0 where nothing is under.
   *
   * @param over per member; not copied
   * @param under per member; not copied
   */
  static Statistic ratio(double[] over, double[] under) {
    return times -> {
      double above = 0;
      double below = 0;
      for (int i = 0; i < times.length; i++) {
        if (times[i] > 0) {
          above += times[i] * over[i];
          below += times[i] * under[i];
        }
      }
      return below == 0 ? 0 : above / below;
    };
  }
}
