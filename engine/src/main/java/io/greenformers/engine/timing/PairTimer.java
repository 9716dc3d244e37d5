package io.greenformers.engine.timing;

import io.greenformers.engine.runtime.Feed;
import io.greenformers.engine.runtime.ModelSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Times two sessions in turn on the same inputs, in a bounded time: as long as it takes to tell
 * them apart, no longer.
 */
final class PairTimer {
  private static final int WARM_UP = 2;
  private static final int LEAST_PAIRS = 5;
  private static final int MOST_PAIRS = 60;

  /** Ratios this close to 1 are measured for longer. */
  private static final double CLOSE = 0.06;

  private static final int LONGER = 4;

  private final Duration budget;

  /**
   * Prepares.
   *
   * @param budget of one measurement; one that is close takes up to four times as long
   */
  PairTimer(Duration budget) {
    this.budget = budget;
  }

  /**
   * Measures.
   *
   * @param parts how many equal parts one run consists of; times are given per part
   */
  PairTiming time(ModelSession dense, ModelSession factorized, Feed feed, int parts) {
    for (int i = 0; i < WARM_UP; i++) {
      dense.time(feed);
      factorized.time(feed);
    }
    List<Double> first = new ArrayList<>();
    List<Double> second = new ArrayList<>();
    List<Double> ratios = new ArrayList<>();
    long start = System.nanoTime();
    while (isOpen(ratios, System.nanoTime() - start)) {
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

  private boolean isOpen(List<Double> ratios, long spentNanos) {
    if (ratios.size() < LEAST_PAIRS) {
      return true;
    }
    boolean close = Math.abs(median(ratios) - 1) < CLOSE;
    return ratios.size() < MOST_PAIRS && spentNanos < budget.toNanos() * (close ? LONGER : 1);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
