package io.greenformers.service.artifact;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Which objects are in the store, or about to be: a row is written before an object is, and goes
 * after it. So whatever is killed when, an object without a row was never acknowledged.
 *
 * <p>The row is also the lock between those who store an object that is there already and those who
 * remove it because nothing names it.
 */
@Repository
class ObjectLedger {
  /** Every table that names objects. Datasets are named by {@code sha256:}. */
  private static final String IS_NAMED =
      """
      exists (select 1 from model_file f where f.sha256 = o.sha256)
      or exists (select 1 from inspection i where i.sha256 = o.sha256)
      or exists (select 1 from prediction p where p.sha256 = o.sha256)
      or exists (select 1 from dataset d where d.id = 'sha256:' || o.sha256)
      or exists (select 1 from upload u where u.sha256 = o.sha256)
      or exists (select 1 from compression_artifact a where a.sha256 = o.sha256)\
      """;

  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final Clock clock;

  ObjectLedger(JdbcClient jdbc, TransactionOperations transactions, Clock clock) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.clock = clock;
  }

  /** Says that an object is about to be stored, and to be named soon. */
  void expect(StoredArtifact artifact) {
    if (touch(artifact) == 0) {
      try {
        jdbc.sql("insert into stored_object (sha256, bytes, touched_at) values (?, ?, ?)")
            .params(artifact.sha256(), artifact.bytes(), time())
            .update();
      } catch (DuplicateKeyException e) {
        touch(artifact);
      }
    }
  }

  private int touch(StoredArtifact artifact) {
    return jdbc.sql("update stored_object set touched_at = ? where sha256 = ?")
        .params(time(), artifact.sha256())
        .update();
  }

  /** Gives a row to an object that was stored without one. */
  void adopt(String sha256, Instant storedAt) {
    try {
      jdbc.sql("insert into stored_object (sha256, bytes, touched_at) values (?, 0, ?)")
          .params(sha256, storedAt.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC))
          .update();
    } catch (DuplicateKeyException e) {
      // whoever stores it now was faster
    }
  }

  /** Objects that nothing names, and that nobody has stored for the grace. */
  List<String> unnamed(Duration grace) {
    return jdbc.sql(
            "select o.sha256 from stored_object o where o.touched_at < ? and not (%s)"
                .formatted(IS_NAMED))
        .param(time().minus(grace))
        .query((row, n) -> row.getString(1))
        .list();
  }

  /** Objects that something names, whether they are there or not. */
  List<StoredArtifact> named() {
    return jdbc.sql(
            """
            select sha256, bytes from model_file
            union select sha256, bytes from inspection where sha256 is not null
            union select sha256, bytes from prediction where sha256 is not null
            union select substring(id, 8), bytes from dataset
            union select sha256, bytes from compression_artifact\
            """)
        .query((row, n) -> new StoredArtifact(row.getString(1), row.getLong(2)))
        .list();
  }

  /** Whether an object is known. */
  boolean knows(String sha256) {
    return jdbc.sql("select count(*) from stored_object where sha256 = ?")
            .param(sha256)
            .query(Integer.class)
            .single()
        == 1;
  }

  /**
   * Removes an object, unless something names it now, or it was stored again within the grace.
   *
   * @param remove takes it out of the store; whoever would store it meanwhile waits
   * @return whether it was removed
   */
  boolean remove(String sha256, Duration grace, Runnable remove) {
    return Boolean.TRUE.equals(
        transactions.execute(status -> {
          boolean deleted =
              jdbc.sql(
                          "delete from stored_object o where o.sha256 = ? and o.touched_at < ? and not (%s)"
                              .formatted(IS_NAMED))
                      .params(sha256, time().minus(grace))
                      .update()
                  == 1;
          if (deleted) {
            remove.run();
          }
          return deleted;
        }));
  }

  private OffsetDateTime time() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }
}
