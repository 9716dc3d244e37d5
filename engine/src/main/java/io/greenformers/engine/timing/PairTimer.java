package io.greenformers.engine.timing;

import io.greenformers.engine.runtime.Feed;
import io.greenformers.engine.runtime.ModelSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Times two sessions in turn on the same inputs, as long as it takes to tell their ratio from a
 * bound, and no longer than a budget.
 *
 * <p>It is told when the distribution-free interval of the median, order statistics n/2 ± z·√n/2,
 * lies on one side of the bound.
 */
public final class PairTimer {
  private static final int WARM_UP = 2;
  private static final int LEAST_PAIRS = 9;
  private static final int PAIRS_PER_LOOK = 4;

  /** Looking again and again needs more than the 1.96 of one look. */
  private static final double Z = 2.8;

  private final Duration budget;
  private final double bound;

  /**
   * Prepares.
   *
   * @param budget about how long one measurement may take
   * @param bound of second / first that matters
   */
  public PairTimer(Duration budget, double bound) {
    this.budget = budget;
    this.bound = bound;
  }

  /**
   * Measures.
   *
   * @param parts how many equal parts one run consists of; times are given per part
   * @throws io.greenformers.engine.runtime.UnrunnableModelException if one does not run on the feed
   */
  public PairTiming time(ModelSession dense, ModelSession factorized, Feed feed, int parts) {
    for (int i = 0; i < WARM_UP; i++) {
      dense.time(feed);
      factorized.time(feed);
    }
    List<Double> first = new ArrayList<>();
    List<Double> second = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    long end = System.nanoTime() + budget.toNanos();
    while (ratios.size() < LEAST_PAIRS
        || (System.nanoTime() < end && (ratios.size() % PAIRS_PER_LOOK != 0 || !isTold(ratios)))) {
      if (ratios.size() % 2 == 0) {
        first.add(dense.time(feed) / 1e6 / parts);
        second.add(factorized.time(feed) / 1e6 / parts);
      } else {
        second.add(factorized.time(feed) / 1e6 / parts);
        first.add(dense.time(feed) / 1e6 / parts);
      }
      ratios.add(second.getLast() / first.getLast());
    }
    return new PairTiming(median(first), median(second), median(ratios), ratios.size());
  }

  private boolean isTold(List<Double> ratios) {
    List<Double> sorted = sorted(ratios);
    int reach = (int) Math.ceil(Z * Math.sqrt(sorted.size()) / 2);
    int low = sorted.size() / 2 - reach;
    int high = sorted.size() / 2 + reach;
    return low >= 0
        && high < sorted.size()
        && (sorted.get(low) > bound || sorted.get(high) < bound);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = sorted(values);
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  private static List<Double> sorted(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted;
  }
}
