package io.greenformers.service.compression;

import io.greenformers.service.compression.Compression.Ending;
import io.greenformers.service.settings.ServiceSettings;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Ends compressions that take longer than the operator allows, whether a stage of theirs runs or
 * waits for a worker that never comes. Any process of the service does it; a worker notices as it
 * does a cancellation, and ends its child.
 */
@Component
class Deadline {
  private static final Logger LOG = LoggerFactory.getLogger(Deadline.class);

  private static final String CODE = "compression-deadline";
  private static final long EVERY_MILLIS = 2_000;

  private final Attempts attempts;
  private final CompressionChanges changes;
  private final TransactionOperations transactions;
  private final Duration limit;

  Deadline(
      Attempts attempts,
      CompressionChanges changes,
      TransactionOperations transactions,
      ServiceSettings settings) {
    this.attempts = attempts;
    this.changes = changes;
    this.transactions = transactions;
    this.limit = settings.limits().compression();
  }

  @Scheduled(fixedDelay = EVERY_MILLIS)
  void endOverdue() {
    Ending because =
        Ending.because(
            CODE,
            "the compression took longer than %s from its first stage on; ask for less, or have greenformers.limits.compression raised"
                .formatted(limit));
    try {
      List<String> ended =
          Objects.requireNonNull(
              transactions.execute(status -> attempts.endOverdue(limit, because)));
      ended.forEach(id -> {
        LOG.info("compression {}: {}", id, CODE);
        changes.changed(id);
      });
    } catch (DataAccessException e) {
      LOG.warn("the database does not answer; deadlines are looked at later");
    }
  }
}
