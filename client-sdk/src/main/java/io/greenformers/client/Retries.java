package io.greenformers.client;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Pauses as a policy wants them. Thread-safe.
 *
 * @param random gives the jitter; thread-safe
 */
record Retries(RetryPolicy policy, Sleeper sleeper, RandomGenerator random, Clock clock) {
  /** The pauses double until here, which is longer than anyone waits. */
  private static final int MOST_DOUBLINGS = 20;

  /** Waits; replaced in tests. */
  interface Sleeper {
    void sleep(Duration time) throws InterruptedException;
  }

  static Retries of(RetryPolicy policy) {
    return new Retries(
        policy, time -> Thread.sleep(time.toMillis()), new Random(), Clock.systemUTC());
  }

  /**
   * Whether there is another try.
   *
   * @param tries how many there were
   * @param asked what the service asked for
   */
  boolean goOn(int tries, Optional<Duration> asked) {
    return tries <= policy.most()
        && asked.filter(time -> time.compareTo(policy.longest()) > 0).isEmpty();
  }

  /**
   * How long to wait before another try.
   *
   * @param tries how many there were, from 1
   * @param asked what the service asked for
   */
  Duration pause(int tries, Optional<Duration> asked) {
    long most =
        Math.min(
            policy.longest().toMillis(),
            policy.first().toMillis() << Math.min(tries - 1, MOST_DOUBLINGS));
    long jittered = random.nextLong(most + 1);
    return Duration.ofMillis(Math.max(jittered, asked.map(Duration::toMillis).orElse(0L)));
  }

  /**
   * Reads {@code Retry-After}: seconds, or a date (RFC 9110, section 10.2.3). What is neither is no
   * wish.
   */
  Optional<Duration> asked(String retryAfter) {
    if (retryAfter.matches("[0-9]{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(retryAfter)));
    }
    try {
      Instant then =
          ZonedDateTime.parse(retryAfter, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration left = Duration.between(clock.instant(), then);
      return Optional.of(left.isNegative() ? Duration.ZERO : left);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
