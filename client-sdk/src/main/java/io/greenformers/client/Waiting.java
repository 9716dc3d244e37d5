package io.greenformers.client;

import java.time.Duration;

/**
 * How long a compression is waited for, and what becomes of it when that ends before it does.
 *
 * @param most how long
 * @param cancels whether it is cancelled when the time is over, the waiting thread is interrupted,
 *     or the future cancelled; else it goes on in the service
 */
public record Waiting(Duration most, boolean cancels) {
  /** For so long; the compression goes on all the same. */
  public static Waiting atMost(Duration most) {
    return new Waiting(most, false);
  }

  /** The same, but a compression that nobody waits for any more is cancelled. */
  public Waiting orCancel() {
    return new Waiting(most, true);
  }
}
