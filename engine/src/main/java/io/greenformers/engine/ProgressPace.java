package io.greenformers.engine;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Lets progress through at most ten times a second; the beginning and the end always. */
final class ProgressPace {
  private static final long LEAST_NANOSECONDS = Duration.ofMillis(100).toNanos();

  private final LongSupplier clock;
  private boolean began;
  private long last;

  /**
   * Starts a pace.
   *
   * @param clock in nanoseconds, from any origin
   */
  ProgressPace(LongSupplier clock) {
    this.clock = clock;
  }

  synchronized boolean lets(double fraction) {
    long now = clock.getAsLong();
    if (began && fraction < 1 && now - last < LEAST_NANOSECONDS) {
      return false;
    }
    began = true;
    last = now;
    return true;
  }
}
