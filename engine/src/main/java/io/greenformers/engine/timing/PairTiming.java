package io.greenformers.engine.timing;

/**
 * A site's latency at one shape, dense and factorized, measured in turn.
 *
 * @param denseMs median, ms
 * @param factorizedMs median, ms
 * @param ratio median of factorized / dense, pair by pair
 * @param pairs how many were measured
 */
public record PairTiming(double denseMs, double factorizedMs, double ratio, int pairs) {

  /** What factorizing costs at this shape, ms; negative where it gains. */
  public double costMs() {
    return (ratio - 1) * denseMs;
  }
}
