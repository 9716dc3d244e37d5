package io.greenformers.service.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.github.kagkarlsson.scheduler.Scheduler;
import io.greenformers.service.TestService;
import io.greenformers.testing.CollectedSpan;
import io.greenformers.testing.FreePort;
import io.greenformers.testing.TraceCollector;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a collector is sent of requests and stages, and what it costs when it takes nothing. */
final class TracesTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String CALLER = "b7ad6b7169203331";
  private static final String PARENT = "00-" + TRACE + "-" + CALLER + "-01";

  private static final String SOON =
      "--management.opentelemetry.tracing.export.schedule-delay=50ms";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  private TraceCollector collector;

  @BeforeEach
  void start() throws Exception {
    collector = TraceCollector.start();
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  private TestService traced() {
    return TestService.start(
        directory, "--greenformers.traces.endpoint=" + collector.endpoint(), SOON);
  }

  private static HttpResponse<String> compress(TestService service) {
    HttpResponse<String> model =
        service.send(
            service
                .to("/v1/models")
                .header("Content-Type", "application/octet-stream")
                .POST(BodyPublishers.ofString("model")));
    String id = model.headers().firstValue("Location").orElseThrow().replace("/v1/models/", "");
    return service.send(
        service
            .to("/v1/compressions")
            .header("Content-Type", "application/json")
            .header("traceparent", PARENT)
            .POST(
                BodyPublishers.ofString(
                    "{\"model\": \"%s\", \"ranks\": {\"policy\": \"full\"}}".formatted(id))));
  }

  private static Predicate<CollectedSpan> named(String name) {
    return span -> span.name().equals(name);
  }

  /** The engine is an empty jar, so every attempt fails, and there are three. */
  @Test
  void attemptsThatFailGoOnInTheTraceOfTheCallerAndTellTheirCodes() throws Exception {
    try (TestService service = traced()) {
      String id =
          compress(service)
              .headers()
              .firstValue("Location")
              .orElseThrow()
              .replace("/v1/compressions/", "");
      List<CollectedSpan> attempts = collector.await(3, named("stage inspect"), PATIENCE);
      CollectedSpan request =
          collector.await(1, named("POST /v1/compressions"), PATIENCE).getFirst();
      assertThat(request.trace()).isEqualTo(TRACE);
      assertThat(request.parent()).isEqualTo(CALLER);
      assertThat(request.attributes())
          .isEqualTo(
              Map.of(
                  "http.request.method",
                  "POST",
                  "http.route",
                  "/v1/compressions",
                  "http.response.status_code",
                  "202",
                  "tenant",
                  "default"));
      assertThat(attempts).hasSize(3);
      for (int i = 0; i < attempts.size(); i++) {
        CollectedSpan attempt = attempts.get(i);
        assertThat(attempt.trace()).isEqualTo(TRACE);
        assertThat(attempt.parent()).isEqualTo(request.id());
        assertThat(attempt.failed()).isTrue();
        assertThat(attempt.status()).isEqualTo("not-started");
        assertThat(attempt.attributes())
            .isEqualTo(
                Map.of(
                    "compression",
                    id,
                    "tenant",
                    "default",
                    "stage",
                    "inspect",
                    "attempt",
                    Integer.toString(i + 1),
                    "pool",
                    "cpu",
                    "outcome",
                    "not-started"));
      }
    }
  }

  @Test
  void requestsAreToldByTheirRoutesAndHealthIsNotTraced() throws Exception {
    try (TestService service = traced()) {
      service.send(service.to("/actuator/health/readiness"));
      service.send(service.to("/actuator/prometheus"));
      service.send(service.to("/v1/compressions/11111111-2222-3333-4444-555555555555"));
      CollectedSpan request =
          collector.await(1, named("GET /v1/compressions/{id}"), PATIENCE).getFirst();
      assertThat(request.parent()).isEmpty();
      assertThat(request.failed()).isFalse();
      assertThat(request.attributes()).containsEntry("http.response.status_code", "404");
      assertThat(collector.spans()).containsExactly(request);
    }
  }

  @Test
  void noForeignWordIsSent() throws Exception {
    try (TestService service = traced()) {
      String compression = compress(service).headers().firstValue("Location").orElseThrow();
      List<String> paths =
          List.of(
              "/canary?canary=canary",
              "/v1/models/canary?name=canary",
              "/v1/datasets/canary",
              compression + "/artifacts/canary.onnx",
              "/console/compressions?text=canary",
              "/console/assets/canary.js");
      for (String path : paths) {
        service.send(
            service
                .to(path)
                .header("Authorization", "Bearer canary")
                .header("User-Agent", "canary")
                .header("X-Request-Id", "canary")
                .header("traceparent", PARENT)
                .header("tracestate", "canary=canary")
                .header("baggage", "canary=canary"));
      }
      service.send(
          service
              .to("/v1/models")
              .header("traceparent", "canary")
              .method("CANARY", BodyPublishers.noBody()));
      service.send(
          service
              .to("/v1/compressions")
              .header("Content-Type", "application/json")
              .header("Idempotency-Key", "canary")
              .POST(BodyPublishers.ofString("{\"canary\": \"canary\"}")));
      collector.await(paths.size(), span -> span.name().startsWith("GET"), PATIENCE);
      collector.await(1, span -> span.name().startsWith("_OTHER"), PATIENCE);
      collector.await(3, named("stage inspect"), PATIENCE);
      assertThat(collector.bodies())
          .noneMatch(body -> body.toLowerCase(Locale.ROOT).contains("canary"));
    }
  }

  @Test
  void linesOfTheLogNameTheSpanThatTheyBelongTo() throws Exception {
    try (TestService service = traced();
        Contexts contexts = Contexts.of("io.greenformers.service.compression.StageWorker")) {
      compress(service);
      List<CollectedSpan> attempts = collector.await(3, named("stage inspect"), PATIENCE);
      for (CollectedSpan attempt : attempts) {
        assertThat(contexts.seen)
            .anySatisfy(context ->
                assertThat(context)
                    .containsEntry("traceId", TRACE)
                    .containsEntry("spanId", attempt.id())
                    .containsEntry("compression", attempt.attributes().get("compression")));
      }
    }
  }

  @Test
  void nothingIsSentOrKeptWithoutTheSetting() throws Exception {
    try (TestService service =
            TestService.start(
                directory,
                "--management.opentelemetry.tracing.export.otlp.endpoint=" + collector.endpoint(),
                SOON);
        Contexts contexts = Contexts.of("io.greenformers.service.compression.StageWorker")) {
      String place = compress(service).headers().firstValue("Location").orElseThrow();
      for (int i = 0; !service.send(service.to(place)).body().contains("FAILED"); i++) {
        assertThat(i).isLessThan(600);
        Thread.sleep(100);
      }
      assertThatThrownBy(() -> service.bean(SdkTracerProvider.class))
          .hasMessageContaining("No qualifying bean");
      assertThat(
              service
                  .bean(JdbcClient.class)
                  .sql("select count(*) from compression where traceparent is null")
                  .query(Integer.class)
                  .single())
          .isEqualTo(1);
      assertThat(contexts.seen).isNotEmpty().noneMatch(context -> context.containsKey("traceId"));
      assertThat(collector.bodies()).isEmpty();
    }
  }

  /** Were the queue waited for, each request would take as long as the collector. */
  @Test
  void aCollectorThatTakesNothingHoldsNobodyUp() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      TestService service =
          TestService.start(
              directory,
              "--greenformers.traces.endpoint=http://127.0.0.1:%d/v1/traces"
                  .formatted(silent.getLocalPort()),
              "--management.opentelemetry.tracing.export.max-queue-size=32",
              "--management.opentelemetry.tracing.export.max-batch-size=32",
              SOON);
      service.bean(Scheduler.class).pause();
      long start = System.nanoTime();
      for (int i = 0; i < 500; i++) {
        assertThat(service.send(service.to("/v1/compressions")).statusCode()).isEqualTo(200);
      }
      Duration asked = Duration.ofNanos(System.nanoTime() - start);
      start = System.nanoTime();
      service.close();
      Duration closed = Duration.ofNanos(System.nanoTime() - start);
      System.out.printf(
          "collector that takes nothing: 500 requests in %s, the service ended in %s%n",
          asked, closed);
      // 500 spans are 15 batches, of 5 s each where they would be waited for
      assertThat(asked).isLessThan(Duration.ofSeconds(30));
      assertThat(closed).isLessThan(Duration.ofSeconds(20));
    }
  }

  @Test
  void aCollectorThatComesLaterIsSentWhatHappensThen() throws Exception {
    int port = FreePort.onLoopback();
    try (TestService service =
        TestService.start(
            directory,
            "--greenformers.traces.endpoint=http://127.0.0.1:%d/v1/traces".formatted(port),
            SOON)) {
      assertThat(service.send(service.to("/v1/compressions")).statusCode()).isEqualTo(200);
      Thread.sleep(500);
      try (TraceCollector late = TraceCollector.start(port)) {
        service.send(service.to("/v1/admin/queue"));
        late.await(1, named("GET /v1/admin/queue"), PATIENCE);
      }
    }
  }

  @Test
  void ofTracesThatBeginHereAsManyAreKeptAsTheSettingSays() throws Exception {
    try (TestService service =
        TestService.start(
            directory,
            "--greenformers.traces.endpoint=" + collector.endpoint(),
            "--greenformers.traces.sampling=0",
            SOON)) {
      service.send(service.to("/v1/compressions"));
      service.send(service.to("/v1/compressions").header("traceparent", PARENT));
      collector.await(1, named("GET /v1/compressions"), PATIENCE);
      assertThat(collector.spans()).extracting(CollectedSpan::trace).containsExactly(TRACE);
    }
  }

  @Test
  void whatIsNoCollectorKeepsTheServiceFromStarting() {
    assertThatThrownBy(() ->
            TestService.start(directory, "--greenformers.traces.endpoint=collector:4318").close())
        .rootCause()
        .hasMessageContaining("greenformers.traces.endpoint: expected a URL");
    assertThatThrownBy(
            () -> TestService.start(directory, "--greenformers.traces.sampling=2").close())
        .rootCause()
        .hasMessageContaining("greenformers.traces.sampling: expected 0 to 1");
  }

  /** The contexts of what a class logs. */
  private static final class Contexts extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final List<Map<String, String>> seen = new CopyOnWriteArrayList<>();
    private final Logger logger;

    private Contexts(Logger logger) {
      this.logger = logger;
    }

    static Contexts of(String name) {
      Contexts contexts = new Contexts((Logger) LoggerFactory.getLogger(name));
      contexts.setContext(contexts.logger.getLoggerContext());
      contexts.start();
      contexts.logger.setLevel(Level.INFO);
      contexts.logger.addAppender(contexts);
      return contexts;
    }

    @Override
    protected void append(ILoggingEvent event) {
      seen.add(event.getMDCPropertyMap());
    }

    @Override
    public void close() {
      logger.detachAppender(this);
      logger.setLevel(null);
    }
  }
}
