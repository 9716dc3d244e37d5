package io.greenformers.service.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What is old and unused goes; everything else stays. */
abstract class RetentionContract {
  private static final Instant NOW = Instant.parse("2026-03-01T00:00:00Z");
  private static final OffsetDateTime OLD = NOW.minus(Duration.ofDays(40)).atOffset(ZoneOffset.UTC);
  private static final OffsetDateTime NEW = NOW.minus(Duration.ofDays(2)).atOffset(ZoneOffset.UTC);
  private static final Duration AGE = Duration.ofDays(30);

  private final JdbcClient jdbc;
  private final Retention retention;

  RetentionContract(DataSource database) {
    this.jdbc = JdbcClient.create(database);
    this.retention =
        new Retention(
            jdbc,
            new TransactionTemplate(new JdbcTransactionManager(database)),
            Clock.fixed(NOW, ZoneOffset.UTC));
  }

  @Test
  void deletesOldCompressionsThatAreFinal() {
    model("m", OLD);
    compression("ended", "m", "SUCCEEDED", OLD, "{}");
    compression("lately", "m", "SUCCEEDED", NEW, "{}");
    compression("working", "m", "RUNNING", null, "{}");
    jdbc.sql("insert into compression_artifact values ('ended', 'report.json', 'x', 1)").update();
    assertThat(retention.deleteCompressions(AGE)).isOne();
    assertThat(ids("compression")).containsExactlyInAnyOrder("lately", "working");
    assertThat(jdbc.sql("select count(*) from compression_artifact").query(Integer.class).single())
        .isZero();
  }

  @Test
  void keepsModelsThatACompressionNames() {
    model("used", OLD);
    model("unused", OLD);
    model("new", NEW);
    compression("c", "used", "QUEUED", null, "{}");
    assertThat(retention.deleteModels(AGE)).isOne();
    assertThat(ids("model")).containsExactlyInAnyOrder("used", "new");
  }

  @Test
  void keepsWhatWasSentAgain() {
    model("again", OLD);
    dataset("again", OLD);
    for (String table : new String[] {"model", "dataset"}) {
      jdbc.sql("update %s set used_at = ?".formatted(table)).param(NEW).update();
    }
    assertThat(retention.deleteModels(AGE)).isZero();
    assertThat(retention.deleteDatasets(AGE)).isZero();
  }

  @Test
  void keepsDatasetsThatARequestNames() {
    dataset("sha256:used", OLD);
    dataset("sha256:unused", OLD);
    model("m", OLD);
    compression("c", "m", "RUNNING", null, "{\"data\":{\"train\":\"sha256:used\"}}");
    assertThat(retention.deleteDatasets(AGE)).isOne();
    assertThat(ids("dataset")).containsExactly("sha256:used");
  }

  private Iterable<String> ids(String table) {
    return jdbc.sql("select id from " + table).query((row, n) -> row.getString(1)).list();
  }

  private void model(String id, OffsetDateTime created) {
    jdbc.sql("insert into model (tenant, id, bytes, created_at) values ('t', ?, 1, ?)")
        .params(id, created)
        .update();
  }

  private void dataset(String id, OffsetDateTime created) {
    jdbc.sql("insert into dataset (tenant, id, bytes, created_at) values ('t', ?, 1, ?)")
        .params(id, created)
        .update();
  }

  private void compression(
      String id,
      String model,
      String state,
      @org.jspecify.annotations.Nullable OffsetDateTime finished,
      String request) {
    jdbc.sql(
            """
            insert into compression
              (id, tenant, model_id, request, state, created_at, finished_at)
            values (?, 't', ?, ?, ?, ?, ?)\
            """)
        .param(id)
        .param(model)
        .param(request)
        .param(state)
        .param(OLD)
        .param(finished)
        .update();
  }
}
