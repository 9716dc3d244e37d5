package io.greenformers.service.compression;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.protocol.child.Stage;
import io.greenformers.service.Tenant;
import io.greenformers.service.TraceParent;
import io.greenformers.service.artifact.StoredArtifact;
import io.greenformers.service.compression.Attempts.Attempt;
import io.greenformers.service.compression.Compression.Ending;
import io.opentelemetry.context.Scope;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The fence: only the newest attempt writes, and nothing is written after the end. */
abstract class AttemptsContract {
  private static final List<Stage> STAGES =
      List.of(Stage.INSPECT, Stage.FACTORIZE, Stage.RECOVER, Stage.EVALUATE);
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678901Z");
  private static final StoredArtifact ARTIFACT = new StoredArtifact("a".repeat(64), 7);
  private static final String ID = "11111111-2222-3333-4444-555555555555";

  private final JdbcClient jdbc;
  private final CompressionRepository repository;
  private final Attempts attempts;

  AttemptsContract(DataSource database) {
    this.jdbc = JdbcClient.create(database);
    jdbc.sql("insert into model (tenant, id, bytes, created_at) values (?, 'm', 1, ?)")
        .params(Tenant.DEFAULT.name(), NOW.atOffset(ZoneOffset.UTC))
        .update();
    this.repository = new CompressionRepository(jdbc, new FairTurns(jdbc));
    this.attempts = new Attempts(jdbc, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  @BeforeEach
  void queueOne() {
    repository.add(ID, Tenant.DEFAULT, "m", "{}", Optional.of("key"), NOW, Optional.empty());
  }

  @Test
  void runsThroughItsStages() {
    for (Stage stage : STAGES.subList(0, STAGES.size() - 1)) {
      Attempt attempt = attempts.claim(ID, stage).orElseThrow();
      assertThat(attempt.ofStage()).isEqualTo(1);
      Stage next = STAGES.get(STAGES.indexOf(stage) + 1);
      assertThat(attempts.advance(attempt, Map.of(stage.name(), ARTIFACT), next)).isTrue();
    }
    Attempt last = attempts.claim(ID, STAGES.getLast()).orElseThrow();
    assertThat(attempts.finish(last, CompressionState.SUCCEEDED, Ending.NONE, Map.of())).isTrue();
    Compression done = repository.ofAnyTenant(ID);
    assertThat(done.state()).isEqualTo(CompressionState.SUCCEEDED);
    assertThat(done.artifacts()).containsOnlyKeys("INSPECT", "FACTORIZE", "RECOVER");
    assertThat(done.times().finished()).contains(NOW);
  }

  @Test
  void aStageThatIsNotDueCannotBeClaimed() {
    assertThat(attempts.claim(ID, Stage.FACTORIZE)).isEmpty();
    assertThat(attempts.claim("unknown", Stage.INSPECT)).isEmpty();
  }

  @Test
  void anAttemptThatLostItsLeaseCannotWrite() {
    Attempt lost = attempts.claim(ID, Stage.INSPECT).orElseThrow();
    Attempt newer = attempts.claim(ID, Stage.INSPECT).orElseThrow();
    Compression before = repository.ofAnyTenant(ID);
    assertThat(attempts.progress(lost, 0.5, "late")).isFalse();
    assertThat(attempts.advance(lost, Map.of("late", ARTIFACT), Stage.FACTORIZE)).isFalse();
    assertThat(attempts.finish(lost, CompressionState.FAILED, Ending.NONE, Map.of())).isFalse();
    assertThat(attempts.countFault(lost)).isFalse();
    assertThat(attempts.giveBack(lost)).isFalse();
    assertThat(repository.ofAnyTenant(ID)).isEqualTo(before);
    assertThat(newer.ofStage()).isEqualTo(2);
    assertThat(attempts.advance(newer, Map.of(), Stage.FACTORIZE)).isTrue();
  }

  @Test
  void nothingIsWrittenAfterACancellation() {
    Attempt attempt = attempts.claim(ID, Stage.INSPECT).orElseThrow();
    assertThat(attempts.cancel(ID)).isTrue();
    assertThat(attempts.progress(attempt, 0.9, "on and on")).isFalse();
    assertThat(attempts.finish(attempt, CompressionState.SUCCEEDED, Ending.NONE, Map.of()))
        .isFalse();
    assertThat(attempts.claim(ID, Stage.INSPECT)).isEmpty();
    assertThat(attempts.cancel(ID)).isFalse();
    assertThat(repository.ofAnyTenant(ID).state()).isEqualTo(CompressionState.CANCELLED);
  }

  @Test
  void aCompressionThatTakesTooLongEndsOnceAndNobodyWritesAnyMore() {
    Attempt attempt = attempts.claim(ID, Stage.INSPECT).orElseThrow();
    startedBefore(Duration.ofHours(2));
    Ending because = Ending.because("compression-deadline", "too long");
    assertThat(attempts.endOverdue(Duration.ofHours(3), because)).isEmpty();
    assertThat(attempts.endOverdue(Duration.ofHours(1), because)).containsExactly(ID);
    assertThat(attempts.endOverdue(Duration.ofHours(1), because)).isEmpty();
    assertThat(attempts.isNewest(attempt)).isFalse();
    assertThat(attempts.advance(attempt, Map.of("late", ARTIFACT), Stage.FACTORIZE)).isFalse();
    assertThat(attempts.giveBack(attempt)).isFalse();
    assertThat(attempts.claim(ID, Stage.INSPECT)).isEmpty();
    Compression ended = repository.ofAnyTenant(ID);
    assertThat(ended.state()).isEqualTo(CompressionState.FAILED);
    assertThat(ended.ending()).isEqualTo(because);
    assertThat(ended.times().finished()).contains(NOW);
  }

  @Test
  void aCompressionThatWaitsForItsNextStageCanTakeTooLong() {
    attempts.advance(attempts.claim(ID, Stage.INSPECT).orElseThrow(), Map.of(), Stage.FACTORIZE);
    startedBefore(Duration.ofHours(2));
    assertThat(attempts.endOverdue(Duration.ofHours(1), Ending.NONE)).containsExactly(ID);
  }

  @Test
  void aCompressionThatWaitsForItsFirstStageTakesNoTimeAndNeitherDoesAnEndedOne() {
    assertThat(attempts.endOverdue(Duration.ZERO, Ending.NONE)).isEmpty();
    Attempt attempt = attempts.claim(ID, Stage.INSPECT).orElseThrow();
    startedBefore(Duration.ofHours(2));
    attempts.finish(attempt, CompressionState.SUCCEEDED, Ending.NONE, Map.of());
    assertThat(attempts.endOverdue(Duration.ofHours(1), Ending.NONE)).isEmpty();
  }

  @Test
  void anAttemptGivenBackDoesNotCount() {
    attempts.giveBack(attempts.claim(ID, Stage.INSPECT).orElseThrow());
    assertThat(repository.ofAnyTenant(ID).state()).isEqualTo(CompressionState.QUEUED);
    assertThat(attempts.claim(ID, Stage.INSPECT).orElseThrow().ofStage()).isEqualTo(1);
  }

  @Test
  void aStageAndAStateOfANewerVersionAreNobodysToChange() {
    jdbc.sql("update compression set state = 'PAUSED', stage = 'LINFORMER' where id = ?")
        .param(ID)
        .update();
    Compression newer = repository.ofAnyTenant(ID);
    assertThat(newer.state()).isEqualTo(CompressionState.RUNNING);
    assertThat(newer.progress().stage()).isEmpty();
    assertThat(attempts.claim(ID, Stage.INSPECT)).isEmpty();
    assertThat(attempts.cancel(ID)).isFalse();
  }

  @Test
  void anAttemptThatLostItsLeaseIsNotTheNewest() {
    Attempt lost = attempts.claim(ID, Stage.INSPECT).orElseThrow();
    assertThat(attempts.isNewest(lost)).isTrue();
    Attempt newer = attempts.claim(ID, Stage.INSPECT).orElseThrow();
    assertThat(attempts.isNewest(lost)).isFalse();
    attempts.cancel(ID);
    assertThat(attempts.isNewest(newer)).isFalse();
  }

  @Test
  void stagesKnowTheTraceThatTheirCompressionWasCreatedIn() {
    Optional<String> trace = Optional.of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    try (Scope scope = TraceParent.of(trace).makeCurrent()) {
      repository.add("traced", Tenant.DEFAULT, "m", "{}", Optional.empty(), NOW, Optional.empty());
    }
    assertThat(attempts.claim("traced", Stage.INSPECT).orElseThrow().origin())
        .isEqualTo(new Attempts.Origin(Tenant.DEFAULT, trace));
    assertThat(attempts.claim(ID, Stage.INSPECT).orElseThrow().origin().traceparent()).isEmpty();
  }

  @Test
  void everyVisibleChangeHasANewSequence() {
    long queued = repository.ofAnyTenant(ID).sequence();
    Attempt attempt = attempts.claim(ID, Stage.INSPECT).orElseThrow();
    long claimed = repository.ofAnyTenant(ID).sequence();
    attempts.progress(attempt, 0.1, "reading");
    long progressed = repository.ofAnyTenant(ID).sequence();
    assertThat(queued).isLessThan(claimed);
    assertThat(claimed).isLessThan(progressed);
  }

  private void startedBefore(Duration ago) {
    jdbc.sql("update compression set started_at = ? where id = ?")
        .params(NOW.minus(ago).atOffset(ZoneOffset.UTC), ID)
        .update();
  }
}
