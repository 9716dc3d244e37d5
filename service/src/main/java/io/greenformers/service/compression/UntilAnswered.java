package io.greenformers.service.compression;

import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.NonTransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionException;

/**
 * Tries a transaction again while the database is away: restarted, or cut off.
 *
 * <p>Only for transactions that may be made twice, since one whose answer was lost is made again.
 *
 * @param most how long at most; then the last error is thrown
 * @param pause between two tries
 */
record UntilAnswered(Duration most, Duration pause) {
  private static final Logger LOG = LoggerFactory.getLogger(UntilAnswered.class);

  /** Longer than a database takes to restart. */
  static UntilAnswered ofDatabase() {
    return new UntilAnswered(Duration.ofMinutes(5), Duration.ofSeconds(1));
  }

  <T> T get(Supplier<T> transaction) {
    long end = System.nanoTime() + most.toNanos();
    while (true) {
      try {
        return transaction.get();
      } catch (DataAccessException | TransactionException e) {
        if (!mayPass(e) || System.nanoTime() > end || !rested()) {
          throw e;
        }
        // by its class: a database quotes what it was asked
        LOG.warn("the database does not answer; trying again: {}", e.getClass().getSimpleName());
      }
    }
  }

  /** A connection that could not be had counts as not transient in Spring, and is the usual one. */
  private static boolean mayPass(RuntimeException e) {
    return switch (e) {
      case CannotCreateTransactionException c -> true;
      case org.springframework.dao.DataAccessResourceFailureException r -> true;
      case NonTransientDataAccessException n -> false;
      default -> true;
    };
  }

  private boolean rested() {
    try {
      Thread.sleep(pause);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
