package io.greenformers.service.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class AuditLogTest {
  private static final Instant BEFORE_MIDNIGHT = Instant.parse("2026-01-02T23:59:59.9Z");
  private static final int EVENTS = 200;

  @TempDir Path data;

  private static AuditEvent event(Instant at, String caller) {
    return new AuditEvent(at, "search", caller, "POST /v1/models", "", 201, "192.0.2.1");
  }

  @Test
  void eachDayHasAFileAndEachEventALine() throws Exception {
    AuditLog log = AuditLog.below(data);
    log.add(event(BEFORE_MIDNIGHT, "key:1"));
    log.add(event(BEFORE_MIDNIGHT.plusSeconds(1), "key:2"));
    JsonNode line =
        new JsonMapper().readTree(Files.readString(data.resolve("audit/audit-2026-01-02.jsonl")));
    assertThat(line.get("caller").asString()).isEqualTo("key:1");
    assertThat(line.get("at").asString()).isEqualTo(BEFORE_MIDNIGHT.toString());
    assertThat(data.resolve("audit/audit-2026-01-03.jsonl")).content().contains("key:2");
  }

  @Test
  void whatCallersBringBreaksNoLine() throws Exception {
    AuditLog.below(data).add(event(BEFORE_MIDNIGHT, "jwt:a\n{\"caller\":\"key:0\"}"));
    assertThat(Files.readAllLines(data.resolve("audit/audit-2026-01-02.jsonl"))).hasSize(1);
  }

  @Test
  void eventsOfManyThreadsAreAllThere() throws Exception {
    AuditLog log = AuditLog.below(data);
    IntStream.range(0, EVENTS).parallel().forEach(i -> log.add(event(BEFORE_MIDNIGHT, "key:" + i)));
    assertThat(Files.readAllLines(data.resolve("audit/audit-2026-01-02.jsonl")))
        .hasSize(EVENTS)
        .allMatch(line -> line.startsWith("{") && line.endsWith("}"));
  }

  @Test
  void aFullDiskFailsNoRequest() throws Exception {
    Files.writeString(data.resolve("audit"), "no directory can be made here");
    assertThatCode(() -> AuditLog.below(data).add(event(BEFORE_MIDNIGHT, "key:1")))
        .doesNotThrowAnyException();
  }
}
