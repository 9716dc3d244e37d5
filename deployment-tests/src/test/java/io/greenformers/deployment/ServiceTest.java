package io.greenformers.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.kagkarlsson.scheduler.Scheduler;
import io.greenformers.service.ServiceApplication;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/**
 * What the chart asks the service and its database for is there. One service on PostgreSQL, with a
 * compression in its queue that nobody works on until the last test; its engine is an empty jar, so
 * stages fail.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class ServiceTest {
  private static final Pattern METRIC =
      Pattern.compile("\\b(?:greenformers|http_server|disk|jvm|hikaricp)_[a-z_]+");

  private static final String FIRST_STAGE_ENDED = "greenformers_stage_seconds_count{";
  private static final int MOST_LOOKS = 300;

  @TempDir static Path directory;

  private static EmbeddedPostgres postgres;
  private static ConfigurableApplicationContext service;
  private static List<Manifest> manifests;

  @BeforeAll
  static void start() throws Exception {
    manifests = Chart.of(Files.createDirectories(directory.resolve("chart")), "gpu-pool").render();
    postgres = EmbeddedPostgres.start();
    Path engine = Files.createDirectories(directory.resolve("home/engine/target"));
    Files.write(engine.resolve("engine-0.jar"), new byte[0]);
    service =
        ServiceApplication.start(
            "--spring.datasource.url=" + postgres.getJdbcUrl("postgres", "postgres"),
            "--spring.datasource.username=postgres",
            "--server.port=0",
            "--greenformers.home=" + directory.resolve("home"),
            "--greenformers.data=" + directory.resolve("data"));
    service.getBean(Scheduler.class).pause();
    String model = post("/v1/models", "application/octet-stream", "model").path("id").asString();
    post(
        "/v1/compressions",
        "application/json",
        "{\"model\": \"%s\", \"ranks\": {\"policy\": \"full\"}}".formatted(model));
  }

  @AfterAll
  static void stop() throws Exception {
    service.close();
    postgres.close();
  }

  @Test
  @Order(1)
  void whatKedaAsksTheQueueCountsWhatWaitsAndWhatRunsByPool() throws Exception {
    assertThat(count("cpu")).as("waits").isEqualTo(1);
    assertThat(count("gpu")).isZero();
    execute("update scheduled_tasks set picked = true where task_name = 'stage-cpu'");
    assertThat(count("cpu")).as("runs").isEqualTo(1);
    execute(
        "update scheduled_tasks set picked = false, task_name = 'stage-gpu' where task_name = 'stage-cpu'");
    assertThat(count("cpu")).isZero();
    assertThat(count("gpu")).isEqualTo(1);
    execute("update scheduled_tasks set task_name = 'stage-cpu' where task_name = 'stage-gpu'");
  }

  @Test
  @Order(1)
  void withoutGpuWorkersCpuWorkersAreScaledByBothPools() throws Exception {
    Chart chart =
        Chart.with(
            Files.createDirectories(directory.resolve("without")),
            "{database: {host: db, existingSecret: s}, store: {bucket: b}, scaling: {enabled: true}}");
    List<Manifest> scaled =
        chart.render().stream().filter(m -> m.kind().equals("ScaledObject")).toList();
    assertThat(scaled).hasSize(1);
    assertThat(scaled.getFirst().spec().at("/triggers/0/metadata/query").asString())
        .contains("('stage-cpu', 'stage-gpu')");
  }

  @Test
  @Order(1)
  void theProbesAskForHealthThatIsThere() throws Exception {
    for (Manifest manifest : manifests) {
      for (JsonNode container : manifest.containers()) {
        for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
          String path = container.path(probe).at("/httpGet/path").asString("");
          if (!path.isEmpty()) {
            assertThat(status(path)).as("%s of %s", probe, manifest).isBetween(200, 503);
          }
        }
      }
    }
  }

  @Test
  @Order(2)
  void everyMetricOfTheDashboardAndTheAlertsIsExposed() throws Exception {
    service.getBean(Scheduler.class).resume();
    String exposed = get("/actuator/prometheus");
    for (int i = 0; !exposed.contains(FIRST_STAGE_ENDED) && i < MOST_LOOKS; i++) {
      Thread.sleep(100);
      exposed = get("/actuator/prometheus");
    }
    Set<String> asked = new TreeSet<>();
    for (Manifest manifest : manifests) {
      if (manifest.kind().equals("PrometheusRule") || manifest.kind().equals("ConfigMap")) {
        Matcher metric = METRIC.matcher(manifest.json().toString());
        while (metric.find()) {
          asked.add(metric.group());
        }
      }
    }
    System.out.println("metrics of dashboard and alerts: " + asked);
    assertThat(asked).hasSizeGreaterThan(10);
    String all = exposed;
    assertThat(asked).allSatisfy(name -> assertThat(all).containsPattern("(?m)^" + name + "[ {]"));
  }

  private static long count(String pool) throws Exception {
    String query =
        manifests.stream()
            .filter(m -> m.kind().equals("ScaledObject") && m.name().endsWith(pool))
            .findFirst()
            .orElseThrow()
            .spec()
            .at("/triggers/0/metadata/query")
            .asString();
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private static void execute(String sql) throws Exception {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql)).isEqualTo(1);
    }
  }

  private static JsonNode post(String path, String type, String body) throws Exception {
    HttpRequest request =
        to(path).header("Content-Type", type).POST(BodyPublishers.ofString(body)).build();
    return Chart.YAML.readTree(send(request));
  }

  private static String get(String path) throws Exception {
    return send(to(path).build());
  }

  private static int status(String path) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(to(path).build(), BodyHandlers.discarding()).statusCode();
    }
  }

  private static String send(HttpRequest request) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request, BodyHandlers.ofString()).body();
    }
  }

  private static HttpRequest.Builder to(String path) {
    String port = service.getEnvironment().getRequiredProperty("local.server.port");
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:%s%s".formatted(port, path)));
  }
}
