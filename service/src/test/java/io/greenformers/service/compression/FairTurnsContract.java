package io.greenformers.service.compression;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.protocol.child.Stage;
import io.greenformers.service.Tenant;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Who floods the queue waits for the others, and they do not wait for it. */
abstract class FairTurnsContract {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private final JdbcClient jdbc;
  private final FairTurns turns;
  private final Attempts attempts;
  private int created;

  FairTurnsContract(DataSource database) {
    this.jdbc = JdbcClient.create(database);
    this.turns = new FairTurns(jdbc);
    this.attempts = new Attempts(jdbc, Clock.fixed(NOW, ZoneOffset.UTC));
  }

  @Test
  void aTenantThatQueuesOneComesAfterOneOfTheFlood() {
    IntStream.range(0, 100).forEach(i -> queue("flood"));
    String single = queue("single");
    assertThat(order().indexOf(single)).isEqualTo(1);
  }

  @Test
  void threeFloodsTakeTurns() {
    for (String tenant : List.of("a", "b", "c")) {
      IntStream.range(0, 5).forEach(i -> queue(tenant));
    }
    assertThat(order()).extracting(id -> id.substring(0, 1)).startsWith("a", "b", "c", "a", "b");
  }

  @Test
  void theFloodDoesNotStarveBehindTenantsThatAlwaysHaveOneWaiting() {
    IntStream.range(0, 20).forEach(i -> queue("flood"));
    queue("b");
    queue("c");
    List<String> started = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      String next = order().getFirst();
      started.add(next.split("-", 2)[0]);
      start(next);
      if (!next.startsWith("flood")) {
        queue(next.split("-", 2)[0]);
      }
    }
    assertThat(started.stream().filter("flood"::equals).count()).isBetween(9L, 11L);
  }

  @Test
  void aLongOneAtWorkGivesItsTurnToNobody() {
    start(queue("long"));
    IntStream.range(0, 10).forEach(i -> queue("flood"));
    IntStream.range(0, 5).forEach(i -> start(order().getFirst()));
    queue("late");
    assertThat(order()).extracting(id -> id.split("-", 2)[0]).startsWith("flood", "late", "flood");
  }

  @Test
  void turnsBeyondWhatTheQueueCanTellApartAreServedInOrderOfTime() {
    String first = queue("a");
    assertThat(turns.priority(first)).isEqualTo(Short.MAX_VALUE);
    jdbc.sql("update compression set turn = 1000000 where id = ?").param(first).update();
    assertThat(turns.priority(first)).isEqualTo(Short.MIN_VALUE);
  }

  private String queue(String tenant) {
    String id = "%s-%03d".formatted(tenant, created);
    jdbc.sql("insert into model (tenant, id, bytes, created_at) values (?, ?, 1, ?)")
        .params(tenant, id, NOW.atOffset(ZoneOffset.UTC))
        .update();
    jdbc.sql(
            """
            insert into compression (id, tenant, model_id, request, state, stage, created_at, turn)
            values (?, ?, ?, '{}', 'QUEUED', 'INSPECT', ?, ?)\
            """)
        .params(
            id,
            tenant,
            id,
            NOW.plusSeconds(created++).atOffset(ZoneOffset.UTC),
            turns.next(new Tenant(tenant)))
        .update();
    return id;
  }

  private void start(String id) {
    assertThat(attempts.claim(id, Stage.INSPECT)).isPresent();
  }

  /** What waits, as workers would take it. */
  private List<String> order() {
    return jdbc.sql("select id from compression where state = 'QUEUED' order by turn, created_at")
        .query((row, n) -> row.getString(1))
        .list();
  }
}
