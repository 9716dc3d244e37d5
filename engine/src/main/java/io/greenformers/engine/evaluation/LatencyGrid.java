package io.greenformers.engine.evaluation;

import io.greenformers.engine.data.RandomInputs;
import io.greenformers.engine.runtime.Feed;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.UnrunnableModelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Times two models in turn on the same inputs, so that a machine that slows down slows both. */
public final class LatencyGrid {
  private static final int WARM_UP = 2;
  private static final int LEAST_RUNS = 5;
  private static final int MOST_RUNS = 50;

  private final ModelSession original;
  private final ModelSession compressed;
  private final Duration perCell;

  /**
   * Prepares to time.
   *
   * @param perCell about how long one shape may take
   */
  public LatencyGrid(ModelSession original, ModelSession compressed, Duration perCell) {
    this.original = original;
    this.compressed = compressed;
    this.perCell = perCell;
  }

  /** What was found at one shape. */
  public sealed interface Measured {}

  /**
   * One shape's latencies, in ms: of the run alone, with inputs ready and outputs not yet read.
   *
   * @param speedup median of original / compressed, run by run
   * @param speedupInterval that holds the median at a confidence of 95 %
   */
  public record Cell(
      String provider,
      int batch,
      int sequence,
      Percentiles originalMs,
      Percentiles compressedMs,
      double speedup,
      Interval speedupInterval)
      implements Measured {}

  /** A shape that a model does not run on, and why. */
  public record Missing(int batch, int sequence, String reason) implements Measured {}

  /**
   * Between two order statistics of independent runs, without assumptions on how they are
   * distributed (Conover, Practical Nonparametric Statistics, 3rd ed., section 3.2).
   */
  public record Interval(double low, double high) {
    private static final double Z = 1.96;

    static Interval ofMedian(List<Double> values) {
      List<Double> sorted = new ArrayList<>(values);
      Collections.sort(sorted);
      double half = Z * Math.sqrt(sorted.size()) / 2;
      int low = (int) Math.floor(sorted.size() / 2.0 - half);
      int high = (int) Math.ceil(sorted.size() / 2.0 + half);
      return new Interval(
          sorted.get(Math.max(0, low - 1)), sorted.get(Math.min(sorted.size(), high + 1) - 1));
    }
  }

  public record Percentiles(double p50, double p90) {
    static Percentiles of(List<Double> values) {
      List<Double> sorted = new ArrayList<>(values);
      Collections.sort(sorted);
      return new Percentiles(
          sorted.get((sorted.size() - 1) / 2), sorted.get((sorted.size() - 1) * 9 / 10));
    }
  }

  /** Times one shape. */
  public Measured measure(RandomInputs inputs, int batch, int sequence) {
    try (Feed feed = Feed.of(inputs.next(batch, sequence))) {
      for (int i = 0; i < WARM_UP; i++) {
        original.time(feed);
        compressed.time(feed);
      }
      return cell(feed, batch, sequence);
    } catch (UnrunnableModelException e) {
      return new Missing(batch, sequence, String.valueOf(e.getMessage()));
    }
  }

  private Cell cell(Feed feed, int batch, int sequence) {
    List<Double> before = new ArrayList<>();
    List<Double> after = new ArrayList<>();
    List<Double> speedups = new ArrayList<>();
    long end = System.nanoTime() + perCell.toNanos();
    while (before.size() < LEAST_RUNS || (before.size() < MOST_RUNS && System.nanoTime() < end)) {
      if (before.size() % 2 == 0) {
        before.add(original.time(feed) / 1e6);
        after.add(compressed.time(feed) / 1e6);
      } else {
        after.add(compressed.time(feed) / 1e6);
        before.add(original.time(feed) / 1e6);
      }
      speedups.add(before.getLast() / after.getLast());
    }
    return new Cell(
        "CPUExecutionProvider",
        batch,
        sequence,
        Percentiles.of(before),
        Percentiles.of(after),
        Percentiles.of(speedups).p50(),
        Interval.ofMedian(speedups));
  }
}
