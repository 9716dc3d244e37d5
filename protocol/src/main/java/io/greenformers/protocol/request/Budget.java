package io.greenformers.protocol.request;

import java.util.Optional;

/**
 * The goal of a compression: any subset of bounds, all of which must hold.
 *
 * @param sizeRatio compressed / original bytes of all files, in (0, 1]
 * @param latencyRatio worst of the latency grid, compressed p50 / original p50, above 0
 * @param accuracyDrop original − compressed, absolute, in the metric's unit, from 0, and at most 1
 *     where the metric is not the perplexity; the drop's upper bound at {@code
 *     evaluation.confidence} must not be above it
 */
public record Budget(
    Optional<Double> sizeRatio, Optional<Double> latencyRatio, Optional<Double> accuracyDrop) {
  public static final Budget NONE =
      new Budget(Optional.empty(), Optional.empty(), Optional.empty());

  public Budget {
    Checks.ratio("budget.sizeRatio", sizeRatio);
    Checks.positive("budget.latencyRatio", latencyRatio);
    accuracyDrop.ifPresent(drop ->
        Checks.require(
            drop >= 0 && Double.isFinite(drop), "budget.accuracyDrop", "a number from 0", drop));
  }
}
