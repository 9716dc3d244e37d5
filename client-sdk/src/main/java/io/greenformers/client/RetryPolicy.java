package io.greenformers.client;

import java.time.Duration;

/**
 * How often, and after how long, a request is sent again.
 *
 * <p>The pause before the n-th retry is random between nothing and min(longest, first · 2ⁿ⁻¹):
 * those who failed together shall not come back together. A service that asks for more with {@code
 * Retry-After} is given it, up to {@code longest}; where it asks for more than that, the call ends
 * at once, and {@link ServiceException#retryAfter} says what was asked for.
 *
 * @param most how many times at most, beyond the first; 0 for never
 * @param first the longest pause before the first retry
 * @param longest the longest pause of all
 */
public record RetryPolicy(int most, Duration first, Duration longest) {
  /** Four times, within 250 ms, 500 ms, 1 s and 2 s; at most 20 s where the service asks for it. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(4, Duration.ofMillis(250), Duration.ofSeconds(20));

  /** Every request is sent once. */
  public static final RetryPolicy NEVER = DEFAULT.withMost(0);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if there are less than no retries, or pauses are not in order
   */
  public RetryPolicy {
    if (most < 0) {
      throw new IllegalArgumentException("retries: expected 0 or more, found " + most);
    }
    if (first.isNegative() || first.compareTo(longest) > 0) {
      throw new IllegalArgumentException(
          "pauses between retries: expected 0 <= first <= longest, found %s and %s"
              .formatted(first, longest));
    }
  }

  /** The same pauses, another number of retries. */
  public RetryPolicy withMost(int retries) {
    return new RetryPolicy(retries, first, longest);
  }
}
