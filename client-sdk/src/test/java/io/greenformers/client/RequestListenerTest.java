package io.greenformers.client;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.noContent;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static io.greenformers.client.Documents.ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a listener is told of requests. */
final class RequestListenerTest {
  @RegisterExtension static final StubbedService SERVICE = new StubbedService();

  private static final String ROUTE = "GET /v1/compressions/{id}";

  @TempDir Path directory;

  private final Told told = new Told();
  private final GreenformersClient client =
      SERVICE.client(GreenformersClient.builder().requestListener(told));

  @Test
  void everyTryIsToldWithItsRouteItsStatusAndThePauseAfterIt() {
    SERVICE.answers(
        () -> any(anyUrl()),
        aResponse().withStatus(503).withHeader("Retry-After", "2"),
        okJson(Documents.compression("RUNNING")));
    client.compression(ID);
    assertThat(told.events)
        .containsExactly(
            "started " + ROUTE,
            "answered " + ROUTE + " 503",
            "retried " + ROUTE + " 1 after PT2S",
            "started " + ROUTE,
            "answered " + ROUTE + " 200");
    assertThat(told.times).hasSize(2).allMatch(time -> !time.isNegative() && !time.isZero());
  }

  @Test
  void aServiceThatIsNotReachedIsToldAsAFailure() {
    GreenformersClient nowhere =
        client.toBuilder().baseUrl("http://127.0.0.1:1").retries(RetryPolicy.NEVER).build();
    assertThatThrownBy(() -> nowhere.compression(ID)).isInstanceOf(GreenformersIoException.class);
    assertThat(told.events)
        .containsExactly("started " + ROUTE, "failed " + ROUTE + " ConnectException");
  }

  @Test
  void anInterruptionEndsWhatWasStarted() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> client.compression(ID)).isInstanceOf(GreenformersIoException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(told.events)
        .containsExactly(
            "started " + ROUTE,
            "failed " + ROUTE + " " + InterruptedIOException.class.getSimpleName());
  }

  /** They are what is counted by: an id in one of them would make a metric of its own. */
  @Test
  void everyOperationHasARouteWithoutIdsAndNames() throws IOException {
    SERVICE.stubFor(any(anyUrl()).willReturn(okJson("[]")));
    SERVICE.stubFor(get(Documents.PLACE + "/events").willReturn(noContent()));
    Path small = Files.writeString(directory.resolve("small"), "model");
    Path large = Files.write(directory.resolve("large"), new byte[1 << 24]);
    Artifact artifact =
        new Artifact(
            "model.onnx",
            5,
            "0".repeat(64),
            "/v1/compressions/%s/artifacts/model.onnx".formatted(ID));
    List<Runnable> operations =
        List.of(
            () -> client.uploadModel(small),
            () -> client.uploadModel(large),
            () -> client.uploadDataset(small),
            () -> client.model("sha256:aa"),
            () -> client.dataset("sha256:aa"),
            () -> client.inspect("sha256:aa"),
            () -> client.predict("sha256:aa"),
            () -> client.compress(CompressionRequest.of("sha256:aa").sizeRatio(0.5).build()),
            () -> client.compressions(3),
            () -> client.cancel(ID),
            () -> client.follow(ID, now -> {}),
            () -> client.report(ID),
            () -> client.download(artifact, directory.resolve("out")),
            () -> client.createKey("t", "n", Set.of("read"), Duration.ofDays(1)),
            () -> client.keys(),
            () -> client.revokeKey("0123456789ab"),
            () -> client.queue(),
            () -> client.workers());
    for (Runnable operation : operations) {
      try {
        operation.run();
      } catch (GreenformersException e) {
        // the answer was none: the request was sent
      }
    }
    assertThat(told.events)
        .allMatch(event -> event.contains(" /v1/"))
        .noneMatch(event -> event.contains(ID) || event.contains("sha256") || event.contains("ab "))
        .contains(
            "started POST /v1/uploads",
            "started GET /v1/compressions/{id}/artifacts/{name}",
            "started GET /v1/models/{id}/prediction",
            "started DELETE /v1/keys/{id}",
            "started GET /v1/admin/workers");
  }

  @Test
  void aRouteIsFoundBehindThePathOfAProxyAndElsewhereThereIsNone() {
    SERVICE.stubFor(any(anyUrl()).willReturn(okJson("{\"compressions\": []}")));
    GreenformersClient behind = client.toBuilder().baseUrl(SERVICE.baseUrl() + "/gf/").build();
    assertThatThrownBy(
            () -> behind.download(Documents.artifact("a", "bytes"), directory.resolve("out")))
        .isInstanceOf(GreenformersException.class);
    behind.compressions(1);
    assertThat(told.events).contains("answered GET other 200", "answered GET /v1/compressions 200");
  }

  @Test
  void whatAListenerThrowsEndsTheOperation() {
    SERVICE.stubFor(any(anyUrl()).willReturn(okJson(Documents.compression("RUNNING"))));
    GreenformersClient broken =
        SERVICE.client(
            GreenformersClient.builder()
                .requestListener(
                    new RequestListener() {
                      @Override
                      public void answered(Exchange exchange, int status, Duration took) {
                        throw new IllegalStateException("broken");
                      }
                    }));
    assertThatThrownBy(() -> broken.compression(ID)).hasMessage("broken");
  }

  private static final class Told implements RequestListener {
    private final List<String> events = new ArrayList<>();
    private final List<Duration> times = new ArrayList<>();

    @Override
    public void started(Exchange exchange) {
      events.add("started " + text(exchange));
    }

    @Override
    public void answered(Exchange exchange, int status, Duration took) {
      events.add("answered " + text(exchange) + " " + status);
      times.add(took);
    }

    @Override
    public void failed(Exchange exchange, IOException cause, Duration took) {
      events.add("failed " + text(exchange) + " " + cause.getClass().getSimpleName());
      times.add(took);
    }

    @Override
    public void retried(Exchange exchange, int tries, Duration pause) {
      events.add("retried %s %d after %s".formatted(text(exchange), tries, pause));
    }

    private static String text(Exchange exchange) {
      return exchange.method() + " " + exchange.route();
    }
  }
}
