package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.client.Compression;
import io.greenformers.client.CompressionState;
import io.greenformers.client.GreenformersClient;
import io.greenformers.testing.CollectedSpan;
import io.greenformers.testing.TraceCollector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A trace from a caller through an API to the stages of another process, on one PostgreSQL. */
final class TracesIT {
  private static final String CALLER = "b7ad6b7169203331";
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Spans are sent every five seconds. */
  private static final Duration SENT = Duration.ofSeconds(30);

  @TempDir static Path directory;

  private static TraceCollector collector;
  private static RunningPostgres postgres;
  private static RunningService api;
  private static GreenformersClient client;
  private static String model;

  @BeforeAll
  static void start() throws Exception {
    collector = TraceCollector.start();
    postgres = RunningPostgres.start(directory.resolve("postgres"));
    api = start("api", "--greenformers.roles=api");
    client = api.client();
    model = client.uploadModel(MainJobIT.BERT).id();
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
    postgres.close();
    collector.close();
  }

  private static RunningService start(String name, String... settings) {
    List<String> all = new ArrayList<>(Arrays.asList(postgres.settings()));
    all.add("--greenformers.store.directory=" + directory.resolve("store"));
    all.add("--greenformers.parallel-stages=1");
    all.add("--greenformers.traces.endpoint=" + collector.endpoint());
    all.add("--logging.structured.format.console=ecs");
    all.addAll(Arrays.asList(settings));
    return RunningService.start(directory.resolve(name), all.toArray(new String[0]));
  }

  /** Creates a compression in a caller's trace. */
  private static String compress(String trace) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(api.url() + "/v1/compressions"))
            .header("Content-Type", "application/json")
            .header("traceparent", "00-%s-%s-01".formatted(trace, CALLER))
            .POST(
                BodyPublishers.ofString(
                    """
                    {"model": "%s", "ranks": {"policy": "uniform", "ratio": 0.5},
                     "evaluation": {"latency": {"batchSizes": [1], "sequenceLengths": [8]}}}\
                    """
                        .formatted(model)))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      return new JsonMapper()
          .readTree(http.send(request, BodyHandlers.ofString()).body())
          .get("id")
          .asString();
    }
  }

  @Test
  void stagesOfAnotherProcessGoOnInTheTraceOfTheCaller() throws Exception {
    String trace = "0af7651916cd43dd8448eb211c80319c";
    try (RunningService worker = start("worker", "--greenformers.roles=worker")) {
      String id = compress(trace);
      Compression done = client.await(id, PATIENCE, now -> {});
      assertThat(done.state()).as("%s", done).isEqualTo(CompressionState.SUCCEEDED);
      assertThat(worker.isAlive()).isTrue();
      List<CollectedSpan> spans = collector.await(4, span -> span.trace().equals(trace), SENT);
      CollectedSpan request =
          spans.stream().filter(s -> s.parent().equals(CALLER)).findFirst().orElseThrow();
      assertThat(request.name()).isEqualTo("POST /v1/compressions");
      List<CollectedSpan> stages = // a stage's span may end after the next one's
          spans.stream()
              .filter(s -> !s.equals(request))
              .sorted(Comparator.comparingLong(CollectedSpan::started))
              .toList();
      assertThat(stages)
          .extracting(CollectedSpan::name)
          .containsExactly("stage inspect", "stage factorize", "stage evaluate");
      assertThat(stages)
          .allSatisfy(stage -> {
            assertThat(stage.parent()).isEqualTo(request.id());
            assertThat(stage.failed()).isFalse();
            assertThat(stage.nanos()).isPositive();
            assertThat(stage.attributes())
                .containsEntry("compression", id)
                .containsEntry("tenant", "default")
                .containsEntry("attempt", "1")
                .containsEntry("pool", "cpu")
                .containsEntry("outcome", "done");
          });
      assertThat(logged("worker", trace))
          .extracting(line -> line.get("spanId").asString())
          .containsAll(stages.stream().map(CollectedSpan::id).toList());
    }
  }

  @Test
  void aStageThatIsGivenBackIsTracedBeforeItsWorkerEnds() throws Exception {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    try (RunningService worker = start("ending", "--greenformers.roles=worker")) {
      compress(trace);
      Waiting.until(() -> !worker.children().isEmpty(), PATIENCE);
    }
    CollectedSpan last =
        collector
            .await(1, s -> s.trace().equals(trace) && s.name().startsWith("stage"), SENT)
            .getLast();
    assertThat(last.attributes()).containsEntry("outcome", "interrupted");
    assertThat(last.failed()).isFalse();
  }

  /** The lines of a process's log, as JSON, that name a trace. */
  private static List<JsonNode> logged(String process, String trace) throws Exception {
    JsonMapper json = new JsonMapper();
    return Files.readAllLines(directory.resolve(process + ".log")).stream()
        .filter(line -> line.startsWith("{"))
        .map(json::readTree)
        .filter(line -> line.path("traceId").asString("").equals(trace))
        .toList();
  }
}
