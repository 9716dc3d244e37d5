package io.greenformers.engine.evaluation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Pearson's correlation of two numbers per member, or of their ranks (Spearman's), equal numbers
 * with the mean of their ranks. 0 where one of the two is always the same, or is no number. Not
 * thread-safe.
 */
final class CorrelationStatistic implements Statistic {
  private static final double ROUNDING = 1e-12;

  private final Column first;
  private final Column second;
  private final boolean broken;

  /**
   * Prepares.
   *
   * @param ofRanks whether it is Spearman's
   */
  CorrelationStatistic(double[] first, double[] second, boolean ofRanks) {
    this.broken =
        !Arrays.stream(first).allMatch(Double::isFinite)
            || !Arrays.stream(second).allMatch(Double::isFinite);
    this.first = ofRanks ? new Ranks(first) : new Numbers(first);
    this.second = ofRanks ? new Ranks(second) : new Numbers(second);
  }

  /** One of the two, as what is correlated. */
  private sealed interface Column {
    /** The numbers of a draw, about a mean near to zero; of members that were not drawn any. */
    double[] of(int[] times);
  }

  private static final class Numbers implements Column {
    private final double[] centered;

    Numbers(double[] numbers) {
      double mean = Arrays.stream(numbers).average().orElse(0);
      this.centered = Arrays.stream(numbers).map(x -> x - mean).toArray();
    }

    @Override
    public double[] of(int[] times) {
      return centered;
    }
  }

  private static final class Ranks implements Column {
    private final double[] numbers;
    private final int[] ascending;
    private final double[] ranks;

    Ranks(double[] numbers) {
      this.numbers = numbers.clone();
      this.ranks = new double[numbers.length];
      this.ascending =
          IntStream.range(0, numbers.length)
              .boxed()
              .sorted(Comparator.comparingDouble(i -> numbers[i]))
              .mapToInt(Integer::intValue)
              .toArray();
    }

    @Override
    public double[] of(int[] times) {
      long below = 0;
      double middle = times.length / 2.0;
      for (int from = 0; from < ascending.length; ) {
        int to = from;
        long equal = 0;
        for (; to < ascending.length && numbers[ascending[to]] == numbers[ascending[from]]; to++) {
          equal += times[ascending[to]];
        }
        for (; from < to; from++) {
          ranks[ascending[from]] = below + equal / 2.0 - middle;
        }
        below += equal;
      }
      return ranks;
    }
  }

  @Override
  public double of(int[] times) {
    if (broken) {
      return 0;
    }
    double[] x = first.of(times);
    double[] y = second.of(times);
    double n = 0;
    double sumX = 0;
    double sumY = 0;
    double sumXx = 0;
    double sumYy = 0;
    double sumXy = 0;
    for (int i = 0; i < times.length; i++) {
      int t = times[i];
      n += t;
      sumX += t * x[i];
      sumY += t * y[i];
      sumXx += t * x[i] * x[i];
      sumYy += t * y[i] * y[i];
      sumXy += t * x[i] * y[i];
    }
    double spreadX = spread(n, sumX, sumXx);
    double spreadY = spread(n, sumY, sumYy);
    return spreadX == 0 || spreadY == 0
        ? 0
        : (n * sumXy - sumX * sumY) / Math.sqrt(spreadX * spreadY);
  }

  /** n²·variance; 0 where rounding is all that there is of it. */
  private static double spread(double n, double sum, double squares) {
    double spread = n * squares - sum * sum;
    return spread > ROUNDING * n * squares ? spread : 0;
  }
}
