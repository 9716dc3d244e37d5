package io.greenformers.service.operation;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.kagkarlsson.scheduler.Scheduler;
import io.greenformers.service.TestService;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What operators see. */
final class OperationTest {
  private static final String READINESS = "/actuator/health/readiness";
  private static final String LIVENESS = "/actuator/health/liveness";

  @TempDir Path directory;

  private TestService service;

  @BeforeEach
  void start() {
    service = TestService.start(directory, "--management.endpoint.health.cache.time-to-live=0ms");
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private HttpResponse<String> get(String path) {
    return service.send(service.to(path));
  }

  private void queueOne() {
    service.bean(Scheduler.class).pause();
    HttpResponse<String> model =
        service.send(
            service
                .to("/v1/models")
                .header("Content-Type", "application/octet-stream")
                .POST(BodyPublishers.ofString("model")));
    String place = model.headers().firstValue("Location").orElseThrow();
    service.send(
        service
            .to("/v1/compressions")
            .header("Content-Type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    "{\"model\": \"%s\", \"ranks\": {\"policy\": \"full\"}}"
                        .formatted(place.substring("/v1/models/".length())))));
  }

  @Test
  void aWorkerThatDoesNotWorkIsAliveButNotReady() {
    assertThat(get(READINESS).statusCode()).isEqualTo(200);
    service.bean(Scheduler.class).pause();
    assertThat(get(READINESS).statusCode()).isEqualTo(503);
    assertThat(get(LIVENESS).statusCode()).isEqualTo(200);
  }

  @Test
  void aStoreThatTakesNothingIsNotReady() throws Exception {
    Path artifacts = directory.resolve("data/artifacts");
    assertThat(get(READINESS).statusCode()).isEqualTo(200);
    Files.move(artifacts, artifacts.resolveSibling("elsewhere"));
    Files.writeString(artifacts, "no directory any more");
    assertThat(get(READINESS).statusCode()).isEqualTo(503);
    assertThat(get(LIVENESS).statusCode()).isEqualTo(200);
  }

  @Test
  void theCommandForContainersSeesWhatIsWell() {
    String ready = "http://127.0.0.1:%d%s".formatted(service.port(), READINESS);
    assertThat(HealthCommand.isWell(ready)).isTrue();
    service.bean(Scheduler.class).pause();
    assertThat(HealthCommand.isWell(ready)).isFalse();
    assertThat(HealthCommand.isWell("http://127.0.0.1:1" + READINESS)).isFalse();
  }

  @Test
  void healthTellsNobodyMoreThanUpOrDown() {
    assertThat(get("/actuator/health").body())
        .contains("\"status\":\"UP\"")
        .doesNotContain("components")
        .doesNotContain("details");
  }

  @Test
  void theQueueIsCounted() {
    queueOne();
    assertThat(get("/v1/admin/queue").body())
        .contains("\"name\":\"stage-cpu\",\"waiting\":1,\"running\":0")
        .contains("{\"tenant\":\"default\",\"queued\":1,\"running\":0}");
    assertThat(get("/v1/admin/workers").body()).isEqualTo("{\"working\":[]}");
    service
        .bean(JdbcClient.class)
        .sql(
            "update scheduled_tasks set picked = true, picked_by = 'w' where task_name = 'stage-cpu'")
        .update();
    assertThat(get("/v1/admin/workers").body())
        .startsWith("{\"working\":[{\"worker\":\"w\",\"compression\":\"")
        .contains("\"stage\":\"inspect\"");
    service.bean(JdbcClient.class).sql("update scheduled_tasks set picked = false").update();
    assertThat(get("/actuator/prometheus").body())
        .contains("greenformers_queue_waiting{pool=\"stage-cpu\"} 1.0")
        .contains("greenformers_queue_waiting{pool=\"stage-gpu\"} 0.0")
        .contains("greenformers_queue_oldest_seconds{pool=\"stage-cpu\"}")
        .contains("greenformers_stage_revivals_total 0.0")
        .contains("greenformers_stored_bytes{kind=\"model\"} 5.0")
        .doesNotContain("tenant");
  }

  @Test
  void theApiDescribesWhoMayComeIn() {
    assertThat(get("/v3/api-docs").body())
        .contains("\"openapi\":\"3.1.")
        .contains("\"securitySchemes\"")
        .contains("createKey")
        .contains("application/problem+json")
        .doesNotContain("\"name\":\"tenant\",\"in\":\"query\"");
  }
}
