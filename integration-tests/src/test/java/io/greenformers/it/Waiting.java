package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/** Waits for what happens in other processes. */
final class Waiting {
  private static final long EVERY_MILLIS = 50;

  private Waiting() {}

  /** Waits until it holds, and fails where it does not in time. */
  static void until(BooleanSupplier condition, Duration most) throws InterruptedException {
    Instant end = Instant.now().plus(most);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).as("waited for %s", most).isBefore(end);
      Thread.sleep(EVERY_MILLIS);
    }
  }
}
