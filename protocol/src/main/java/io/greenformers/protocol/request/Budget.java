package io.greenformers.protocol.request;

import java.util.Optional;

/**
 * The goal of a compression: any subset of bounds, all of which must hold.
 *
 * @param sizeRatio compressed / original bytes of all files, in (0, 1]
 * @param latencyRatio worst of the latency grid, compressed p50 / original p50, above 0
 */
public record Budget(Optional<Double> sizeRatio, Optional<Double> latencyRatio) {
  public static final Budget NONE = new Budget(Optional.empty(), Optional.empty());

  public Budget {
    Checks.ratio("budget.sizeRatio", sizeRatio);
    Checks.positive("budget.latencyRatio", latencyRatio);
  }
}
