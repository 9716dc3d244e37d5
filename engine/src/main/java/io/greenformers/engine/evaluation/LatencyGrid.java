package io.greenformers.engine.evaluation;

import io.greenformers.engine.data.RandomInputs;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.Tensor;
import io.greenformers.engine.runtime.UnrunnableModelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

  /**
   * One shape's latencies, in ms.
   *
   * @param speedup original p50 / compressed p50
   */
  public record Cell(
      String provider,
      int batch,
      int sequence,
      Percentiles originalMs,
      Percentiles compressedMs,
      double speedup) {}

  public record Percentiles(double p50, double p90) {
    static Percentiles of(List<Double> values) {
      List<Double> sorted = new ArrayList<>(values);
      Collections.sort(sorted);
      return new Percentiles(
          sorted.get((sorted.size() - 1) / 2), sorted.get((sorted.size() - 1) * 9 / 10));
    }
  }

  /** Times one shape; empty where the model does not run on it. */
  public Optional<Cell> measure(RandomInputs inputs, int batch, int sequence) {
    Map<String, Tensor> input = inputs.next(batch, sequence);
    try {
      for (int i = 0; i < WARM_UP; i++) {
        original.run(input);
        compressed.run(input);
      }
    } catch (UnrunnableModelException e) {
      return Optional.empty();
    }
    List<Double> before = new ArrayList<>();
    List<Double> after = new ArrayList<>();
    long end = System.nanoTime() + perCell.toNanos();
    while (before.size() < LEAST_RUNS || (before.size() < MOST_RUNS && System.nanoTime() < end)) {
      if (before.size() % 2 == 0) {
        before.add(milliseconds(original, input));
        after.add(milliseconds(compressed, input));
      } else {
        after.add(milliseconds(compressed, input));
        before.add(milliseconds(original, input));
      }
    }
    Percentiles originalMs = Percentiles.of(before);
    Percentiles compressedMs = Percentiles.of(after);
    double speedup = originalMs.p50() / compressedMs.p50();
    return Optional.of(
        new Cell("CPUExecutionProvider", batch, sequence, originalMs, compressedMs, speedup));
  }

  private static double milliseconds(ModelSession session, Map<String, Tensor> input) {
    long start = System.nanoTime();
    session.run(input);
    return (System.nanoTime() - start) / 1e6;
  }
}
