package io.greenformers.service.operation;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads the durable queue as operators see it: how much, how old, who works; not what. */
@Repository
class QueueView {
  private static final String STAGES = "stage-%";

  private final JdbcClient jdbc;
  private final Clock clock;

  QueueView(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * The stages of one pool.
   *
   * @param name {@code stage-cpu}
   * @param waiting that could begin now
   * @param running that somebody works on
   * @param oldestSeconds how long the oldest of those that wait has waited
   */
  record Pool(String name, int waiting, int running, long oldestSeconds) {}

  /**
   * A stage that a process works on.
   *
   * @param worker the process
   * @param stage {@code factorize}
   * @param lastHeartbeat when it last said that it does
   */
  record Working(
      String worker, String compression, String stage, Optional<Instant> lastHeartbeat) {}

  /** What waits and runs of a tenant. */
  record OfTenant(String tenant, int queued, int running) {}

  List<Pool> pools() {
    return jdbc.sql(
            """
            select task_name, count(*),
              sum(case when picked then 1 else 0 end),
              min(case when not picked then execution_time end)
            from scheduled_tasks where task_name like ? group by task_name order by task_name\
            """)
        .param(STAGES)
        .query((row, n) -> pool(row))
        .list();
  }

  private Pool pool(ResultSet row) throws SQLException {
    int running = row.getInt(3);
    return new Pool(
        row.getString(1),
        row.getInt(2) - running,
        running,
        seconds(row.getObject(4, OffsetDateTime.class)));
  }

  /** A retry lies in the future until it is due. */
  private long seconds(@Nullable OffsetDateTime since) {
    return since == null
        ? 0
        : Math.max(0, Duration.between(since.toInstant(), clock.instant()).toSeconds());
  }

  List<Working> working() {
    return jdbc.sql(
            """
            select picked_by, task_instance, last_heartbeat from scheduled_tasks
            where picked and task_name like ? order by picked_by, task_instance\
            """)
        .param(STAGES)
        .query((row, n) -> working(row))
        .list();
  }

  private static Working working(ResultSet row) throws SQLException {
    String[] instance = row.getString(2).split(":", 2);
    return new Working(
        row.getString(1),
        instance[0],
        instance.length > 1 ? instance[1].toLowerCase(Locale.ROOT) : "",
        Optional.ofNullable(row.getObject(3, OffsetDateTime.class)).map(OffsetDateTime::toInstant));
  }

  List<OfTenant> tenants() {
    return jdbc.sql(
            """
            select tenant,
              sum(case when state = 'QUEUED' then 1 else 0 end),
              sum(case when state = 'RUNNING' then 1 else 0 end)
            from compression where state in ('QUEUED', 'RUNNING') group by tenant order by tenant\
            """)
        .query((row, n) -> new OfTenant(row.getString(1), row.getInt(2), row.getInt(3)))
        .list();
  }

  /** The bytes that all tenants store, by kind. */
  long storedBytes(StoredKind kind) {
    String sum =
        switch (kind) {
          case MODEL -> "select coalesce(sum(bytes), 0) from model";
          case DATASET -> "select coalesce(sum(bytes), 0) from dataset";
          case UPLOAD -> "select coalesce(sum(bytes), 0) from upload";
          case ARTIFACT -> "select coalesce(sum(bytes), 0) from compression_artifact";
        };
    return jdbc.sql(sum).query(Long.class).single();
  }

  /** What takes room. */
  enum StoredKind {
    MODEL,
    DATASET,
    /** Resumable, counted in full from the beginning, until it is forgotten. */
    UPLOAD,
    ARTIFACT
  }
}
