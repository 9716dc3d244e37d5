package io.greenformers.service.compression;

import io.greenformers.protocol.child.Stage;
import io.greenformers.service.Tenant;
import io.greenformers.service.artifact.StoredArtifact;
import io.greenformers.service.compression.Compression.Ending;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Changes the states of compressions, to be called inside a transaction.
 *
 * <p>Every write of a worker names its attempt and changes nothing when there is a newer one: a
 * worker that was believed dead, or whose compression was cancelled, cannot write.
 */
@Repository
class Attempts {
  private final JdbcClient jdbc;
  private final Clock clock;

  Attempts(JdbcClient jdbc, Clock clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /**
   * Where a compression comes from.
   *
   * @param traceparent of the request that created it, where that is traced
   */
  record Origin(Tenant tenant, Optional<String> traceparent) {}

  /**
   * One execution of a stage.
   *
   * @param number of the attempt in the compression: the fence
   * @param ofStage which attempt of this stage it is, from 1
   * @param faults how many attempts of this stage ended by a fault of the infrastructure
   */
  record Attempt(String id, Origin origin, Stage stage, int number, int ofStage, int faults) {}

  /** Begins an attempt; empty if the compression is not waiting for this stage (any more). */
  Optional<Attempt> claim(String id, Stage stage) {
    int claimed =
        jdbc.sql(
                """
                update compression set state = 'RUNNING', attempt = attempt + 1,
                  stage_attempts = stage_attempts + 1, sequence = sequence + 1, fraction = 0,
                  activity = null, started_at = coalesce(started_at, ?)
                where id = ? and stage = ? and state in ('QUEUED', 'RUNNING')\
                """)
            .params(now(), id, stage.name())
            .update();
    return claimed == 0
        ? Optional.empty()
        : jdbc.sql(
                """
                select attempt, stage_attempts, stage_faults, tenant, traceparent
                from compression where id = ?\
                """)
            .param(id)
            .query((row, n) ->
                new Attempt(
                    id,
                    new Origin(new Tenant(row.getString(4)), Optional.ofNullable(row.getString(5))),
                    stage,
                    row.getInt(1),
                    row.getInt(2),
                    row.getInt(3)))
            .optional();
  }

  /** Whether the attempt may still write: no newer one began, and nobody ended it all. */
  boolean isNewest(Attempt attempt) {
    return jdbc.sql(
                "select count(*) from compression where id = ? and attempt = ? and state = 'RUNNING'")
            .params(attempt.id(), attempt.number())
            .query(Integer.class)
            .single()
        == 1;
  }

  /** Whether the attempt is still the newest, and its progress written. */
  boolean progress(Attempt attempt, double fraction, String activity) {
    return jdbc.sql(
                """
                update compression set fraction = ?, activity = ?, sequence = sequence + 1
                where id = ? and attempt = ? and state = 'RUNNING'\
                """)
            .params(
                fraction,
                activity.substring(0, Math.min(1000, activity.length())),
                attempt.id(),
                attempt.number())
            .update()
        == 1;
  }

  /** Ends the attempt with its stage done, and the compression waits for the next one. */
  boolean advance(Attempt attempt, Map<String, StoredArtifact> artifacts, Stage next) {
    boolean holds =
        jdbc.sql(
                    """
                    update compression set stage = ?, stage_attempts = 0, stage_faults = 0,
                      fraction = 0, activity = null, sequence = sequence + 1
                    where id = ? and attempt = ? and state = 'RUNNING'\
                    """)
                .params(next.name(), attempt.id(), attempt.number())
                .update()
            == 1;
    if (holds) {
      add(attempt.id(), artifacts);
    }
    return holds;
  }

  /** Ends the attempt and the compression. */
  boolean finish(
      Attempt attempt,
      CompressionState state,
      Ending ending,
      Map<String, StoredArtifact> artifacts) {
    boolean holds =
        jdbc.sql(
                    """
                    update compression set state = ?, code = ?, message = ?, bound = ?,
                      activity = null, finished_at = ?, sequence = sequence + 1
                    where id = ? and attempt = ? and state = 'RUNNING'\
                    """)
                .param(state.name())
                .param(ending.code().orElse(null))
                .param(ending.message().orElse(null))
                .param(ending.bound().orElse(null))
                .param(now())
                .param(attempt.id())
                .param(attempt.number())
                .update()
            == 1;
    if (holds) {
      add(attempt.id(), artifacts);
    }
    return holds;
  }

  /** Ends the attempt by a fault after which the stage is tried again. */
  boolean countFault(Attempt attempt) {
    return jdbc.sql(
                """
                update compression set stage_faults = stage_faults + 1
                where id = ? and attempt = ? and state = 'RUNNING'\
                """)
            .params(attempt.id(), attempt.number())
            .update()
        == 1;
  }

  /** Ends the attempt as if it had not been: the service stops. */
  boolean giveBack(Attempt attempt) {
    return jdbc.sql(
                """
                update compression set state = 'QUEUED', stage_attempts = stage_attempts - 1,
                  activity = null, sequence = sequence + 1
                where id = ? and attempt = ? and state = 'RUNNING'\
                """)
            .params(attempt.id(), attempt.number())
            .update()
        == 1;
  }

  /** Cancels, and fences whoever works on it; whether it was not final before. */
  boolean cancel(String id) {
    return end(id, CompressionState.CANCELLED, Ending.NONE);
  }

  /**
   * Ends compressions that began too long ago, and fences whoever works on them.
   *
   * @return the ids of those that this call has ended
   */
  List<String> endOverdue(Duration limit, Ending because) {
    OffsetDateTime since = now().minus(limit);
    List<String> overdue =
        jdbc.sql(
                "select id from compression where state in ('QUEUED', 'RUNNING') and started_at < ?")
            .param(since)
            .query((row, n) -> row.getString(1))
            .list();
    return overdue.stream().filter(id -> end(id, CompressionState.FAILED, because)).toList();
  }

  private boolean end(String id, CompressionState state, Ending because) {
    return jdbc.sql(
                """
                update compression set state = ?, code = ?, message = ?,
                  attempt = attempt + 1, activity = null, finished_at = ?, sequence = sequence + 1
                where id = ? and state in ('QUEUED', 'RUNNING')\
                """)
            .param(state.name())
            .param(because.code().orElse(null))
            .param(because.message().orElse(null))
            .param(now())
            .param(id)
            .update()
        == 1;
  }

  /** A stage may renew what an earlier one left. */
  private void add(String id, Map<String, StoredArtifact> artifacts) {
    artifacts.forEach((name, artifact) -> {
      jdbc.sql("delete from compression_artifact where compression_id = ? and name = ?")
          .params(id, name)
          .update();
      jdbc.sql(
              """
              insert into compression_artifact (compression_id, name, sha256, bytes)
              values (?, ?, ?, ?)\
              """)
          .params(id, name, artifact.sha256(), artifact.bytes())
          .update();
    });
  }

  private OffsetDateTime now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }
}
