package io.greenformers.service.artifact;

import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Ledgers on databases of tests. */
final class Ledgers {
  private Ledgers() {}

  static ObjectLedger on(DataSource database, Clock clock) {
    return new ObjectLedger(
        JdbcClient.create(database),
        new TransactionTemplate(new JdbcTransactionManager(database)),
        clock);
  }
}
