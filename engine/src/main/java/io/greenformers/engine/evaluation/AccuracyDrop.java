package io.greenformers.engine.evaluation;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * How much worse a compressed model is than the original by a metric, on the same texts.
 *
 * <p>The upper bound is that of a paired bootstrap (Efron and Tibshirani, An Introduction to the
 * Bootstrap, 1993, section 13.3): texts are drawn with replacement, each with what both models made
 * of it, 10,000 times as many as there are; the bound is the smallest drop that is not exceeded by
 * a share {@code confidence} of the draws. It is one-sided: with 0.95 the upper end of the
 * two-sided 90 % interval. Drawing pairs and not the metric of each model keeps what both find hard
 * out of the variance.
 *
 * <p>A bootstrap draws only from what it saw. Where both models agree on all of few texts, it finds
 * no variance at all; {@link #fewestSamples} says from how many texts on agreement means something.
 *
 * @param drop original − compressed, in the unit of the metric; the other way round where less is
 *     better
 * @param lowerBound of the drop, one-sided likewise
 * @param upperBound of the drop; infinite where the compressed model gives what is no number
 * @param confidence of the bound
 */
public record AccuracyDrop(double drop, double lowerBound, double upperBound, double confidence) {
  private static final int RESAMPLES = 10_000;

  /**
   * Compares the accuracies of two models.
   *
   * @param original on the same texts, in the same order, as
   * @param compressed was measured on
   * @param confidence in [0.5, 1)
   * @param seed of the resamples
   */
  public static AccuracyDrop of(
      Accuracy original, Accuracy compressed, double confidence, long seed) {
    int samples = requireSame(original, compressed);
    int[] differences = new int[samples];
    for (int i = 0; i < samples; i++) {
      differences[i] = (original.isRight(i) ? 1 : 0) - (compressed.isRight(i) ? 1 : 0);
    }
    double drop = (double) Arrays.stream(differences).sum() / samples;
    return of(drop, drops(differences, seed), confidence);
  }

  /**
   * Compares two models by any metric.
   *
   * @param metric of both measurements
   * @param original on the same texts, in the same order, as
   * @param compressed was measured on
   * @param confidence in [0.5, 1)
   * @param seed of the resamples
   */
  public static AccuracyDrop of(
      Metric metric, Measurement original, Measurement compressed, double confidence, long seed) {
    if (original instanceof Accuracy first && compressed instanceof Accuracy second) {
      return of(first, second, confidence, seed);
    }
    int samples = requireSame(original, compressed);
    Statistic before = original.statistic();
    Statistic after = compressed.statistic();
    Statistic drop =
        times ->
            metric.isHigherBetter()
                ? before.of(times) - after.of(times)
                : after.of(times) - before.of(times);
    int[] once = new int[samples];
    Arrays.fill(once, 1);
    return of(orInfinite(drop.of(once)), drops(drop, samples, seed), confidence);
  }

  /** From the drops of all resamples, ascending. */
  private static AccuracyDrop of(double drop, double[] drops, double confidence) {
    int place = (int) Math.ceil(confidence * RESAMPLES) - 1;
    return new AccuracyDrop(drop, drops[RESAMPLES - 1 - place], drops[place], confidence);
  }

  private static int requireSame(Measurement original, Measurement compressed) {
    if (original.samples() == 0 || original.samples() != compressed.samples()) {
      throw new IllegalArgumentException(
          "expected the same texts for both models, found %d and %d"
              .formatted(original.samples(), compressed.samples()));
    }
    return original.samples();
  }

  /** The drop is a mean of differences: nothing but their sum is needed. */
  private static double[] drops(int[] differences, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] drops = new double[RESAMPLES];
    for (int r = 0; r < RESAMPLES; r++) {
      int sum = 0;
      for (int i = 0; i < differences.length; i++) {
        sum += differences[random.nextInt(differences.length)];
      }
      drops[r] = (double) sum / differences.length;
    }
    Arrays.sort(drops);
    return drops;
  }

  private static double[] drops(Statistic drop, int samples, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] drops = new double[RESAMPLES];
    int[] times = new int[samples];
    for (int r = 0; r < RESAMPLES; r++) {
      Arrays.fill(times, 0);
      for (int i = 0; i < samples; i++) {
        times[random.nextInt(samples)]++;
      }
      drops[r] = orInfinite(drop.of(times));
    }
    Arrays.sort(drops);
    return drops;
  }

  private static double orInfinite(double drop) {
    return Double.isNaN(drop) ? Double.POSITIVE_INFINITY : drop;
  }

  /**
   * The fewest texts that can show a bound: n with (1 − bound)ⁿ ≤ 1 − confidence. With fewer, a
   * model that is worse by the bound goes unseen on all of them too often; 299 for 0.01 at 0.95.
   *
   * @param bound above 0; no number of texts shows a bound of 0
   */
  public static long fewestSamples(double bound, double confidence) {
    return bound >= 1 ? 1 : (long) Math.ceil(Math.log1p(-confidence) / Math.log1p(-bound));
  }
}
