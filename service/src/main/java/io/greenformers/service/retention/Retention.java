package io.greenformers.service.retention;

import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Deletes rows that are old. Their objects go later, when nothing names them any more.
 *
 * <p>Each row goes in a transaction of its own that asks again whether it may: what is used
 * meanwhile stays.
 */
@Repository
class Retention {
  private static final int AT_ONCE = 500;
  private static final String IS_FINAL = "state not in ('QUEUED', 'RUNNING')";

  private static final String MODEL_IS_OLD =
      """
      coalesce(m.used_at, m.created_at) < ?
      and not exists (
        select 1 from compression c where c.tenant = m.tenant and c.model_id = m.id)\
      """;

  private static final String DATASET_IS_OLD =
      """
      coalesce(d.used_at, d.created_at) < ?
      and not exists (
        select 1 from compression c
        where c.tenant = d.tenant and c.request like '%' || d.id || '%')\
      """;

  private final JdbcClient jdbc;
  private final TransactionOperations transactions;
  private final Clock clock;

  Retention(JdbcClient jdbc, TransactionOperations transactions, Clock clock) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.clock = clock;
  }

  /** An upload of a tenant. */
  private record Upload(String tenant, String id) {}

  /** Deletes compressions that ended so long ago; how many there were. */
  int deleteCompressions(Duration age) {
    List<String> old =
        jdbc.sql(
                "select id from compression where finished_at < ? and %s limit ?"
                    .formatted(IS_FINAL))
            .params(before(age), AT_ONCE)
            .query((row, n) -> row.getString(1))
            .list();
    old.forEach(id ->
        transactions.executeWithoutResult(status -> {
          jdbc.sql("delete from compression_artifact where compression_id = ?").param(id).update();
          jdbc.sql("delete from compression where id = ?").param(id).update();
        }));
    return old.size();
  }

  /** Deletes models that were not used for so long; how many there were. */
  int deleteModels(Duration age) {
    OffsetDateTime before = before(age);
    return (int)
        uploads(
                "select m.tenant, m.id from model m where %s limit ?".formatted(MODEL_IS_OLD),
                before)
            .stream()
            .filter(model -> deleteModel(model, before))
            .count();
  }

  /** Deletes datasets that were not used for so long; how many there were. */
  int deleteDatasets(Duration age) {
    OffsetDateTime before = before(age);
    return uploads(
            "select d.tenant, d.id from dataset d where %s limit ?".formatted(DATASET_IS_OLD),
            before)
        .stream()
        .mapToInt(dataset ->
            jdbc.sql("delete from dataset d where d.tenant = ? and d.id = ? and " + DATASET_IS_OLD)
                .params(dataset.tenant(), dataset.id(), before)
                .update())
        .sum();
  }

  private List<Upload> uploads(String sql, OffsetDateTime before) {
    return jdbc.sql(sql)
        .params(before, AT_ONCE)
        .query((row, n) -> new Upload(row.getString(1), row.getString(2)))
        .list();
  }

  private boolean deleteModel(Upload model, OffsetDateTime before) {
    try {
      return Boolean.TRUE.equals(
          transactions.execute(status -> {
            // the row's lock comes first: who sends the model again waits, and finds it gone
            boolean isOld =
                jdbc.sql(
                            "update model m set bytes = bytes where m.tenant = ? and m.id = ? and "
                                + MODEL_IS_OLD)
                        .params(model.tenant(), model.id(), before)
                        .update()
                    == 1;
            if (isOld) {
              for (String table : List.of("inspection", "prediction", "model_file")) {
                jdbc.sql("delete from %s where tenant = ? and model_id = ?".formatted(table))
                    .params(model.tenant(), model.id())
                    .update();
              }
              jdbc.sql("delete from model where tenant = ? and id = ?")
                  .params(model.tenant(), model.id())
                  .update();
            }
            return isOld;
          }));
    } catch (DataIntegrityViolationException e) {
      return false; // a compression named it meanwhile
    }
  }

  private OffsetDateTime before(Duration age) {
    return clock.instant().minus(age).truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }
}
