package io.greenformers.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How often, and after how long, a request is sent again. Thread-safe.
 *
 * @param most how many times at most, beyond the first
 * @param first how long before the first retry; every further one waits twice as long
 * @param longest no wait is longer, whatever the service asks for
 */
record Retries(int most, Duration first, Duration longest, Sleeper sleeper) {
  /** Waits; replaced in tests. */
  interface Sleeper {
    void sleep(Duration time) throws InterruptedException;
  }

  static final Retries DEFAULT =
      new Retries(
          4, Duration.ofMillis(250), Duration.ofSeconds(20), time -> Thread.sleep(time.toMillis()));

  Retries withMost(int retries) {
    return new Retries(retries, first, longest, sleeper);
  }

  /**
   * Waits before another try.
   *
   * @param tries how many there were
   * @param asked what the service asked for with {@code Retry-After}
   */
  void pause(int tries, Optional<Duration> asked) throws InterruptedException {
    long millis = Math.min(longest.toMillis(), first.toMillis() << Math.min(tries - 1, 20));
    // between half and all of it: those who failed together shall not come back together
    long jittered = millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1);
    long atLeast = Math.min(longest.toMillis(), asked.map(Duration::toMillis).orElse(0L));
    sleeper.sleep(Duration.ofMillis(Math.max(jittered, atLeast)));
  }
}
