package io.greenformers.client;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.delete;
import static com.github.tomakehurst.wiremock.client.WireMock.deleteRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.greenformers.client.CompressionState.GATE_FAILED;
import static io.greenformers.client.CompressionState.QUEUED;
import static io.greenformers.client.CompressionState.RUNNING;
import static io.greenformers.client.Documents.ID;
import static io.greenformers.client.Documents.PLACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class WatchingTest {
  @RegisterExtension static final StubbedService SERVICE = new StubbedService();

  private static final String EVENTS = PLACE + "/events";

  private final GreenformersClient client = SERVICE.client();
  private final List<CompressionState> seen = new ArrayList<>();

  @Test
  void awaitsByAskingLessAndLessOften() {
    states("QUEUED", "RUNNING", "RUNNING", "SUCCEEDED");
    Compression done = client.await(ID, Duration.ofMinutes(1), now -> seen.add(now.state()));
    assertThat(done.state()).isEqualTo(CompressionState.SUCCEEDED);
    assertThat(seen).hasSize(4);
    assertThat(SERVICE.pauses())
        .containsExactly(Duration.ofMillis(200), Duration.ofMillis(400), Duration.ofMillis(800));
  }

  @Test
  void awaitEndsWithItsTimeAndTheCompressionGoesOn() {
    states("RUNNING");
    assertThatThrownBy(() -> client.await(ID, Duration.ZERO, now -> {}))
        .isInstanceOfSatisfying(
            AwaitTimeoutException.class,
            e -> assertThat(e.compression().state()).isEqualTo(RUNNING))
        .hasMessageContaining(ID);
    SERVICE.verify(0, deleteRequestedFor(urlEqualTo(PLACE)));
  }

  @Test
  void aCompressionThatNobodyWaitsForAnyMoreIsCancelledWhereThatIsAskedFor() {
    states("RUNNING");
    SERVICE.stubFor(delete(PLACE).willReturn(okJson(Documents.compression("CANCELLED"))));
    assertThatThrownBy(() -> client.await(ID, Waiting.atMost(Duration.ZERO).orCancel(), now -> {}))
        .isInstanceOf(AwaitTimeoutException.class);
    SERVICE.verify(1, deleteRequestedFor(urlEqualTo(PLACE)));
  }

  @Test
  void aServiceThatDoesNotAnswerIsNoReasonToCancel() {
    SERVICE.stubFor(get(PLACE).willReturn(aResponse().withFault(Fault.EMPTY_RESPONSE)));
    assertThatThrownBy(
            () -> client.await(ID, Waiting.atMost(Duration.ofHours(1)).orCancel(), now -> {}))
        .isInstanceOf(GreenformersIoException.class);
    SERVICE.verify(0, deleteRequestedFor(urlEqualTo(PLACE)));
  }

  @Test
  void whatKeepsItFromBeingCancelledIsToldBeside() {
    states("RUNNING");
    SERVICE.stubFor(delete(PLACE).willReturn(aResponse().withStatus(403)));
    assertThatThrownBy(() -> client.await(ID, Waiting.atMost(Duration.ZERO).orCancel(), now -> {}))
        .isInstanceOf(AwaitTimeoutException.class)
        .satisfies(e ->
            assertThat(e.getSuppressed()).singleElement().isInstanceOf(ServiceException.class));
  }

  @Test
  void followsEventsAndGoesOnWhereTheConnectionBroke() {
    events("0", event(1, "QUEUED") + ": still here\n\n" + event(2, "RUNNING"));
    events("2", event(3, "GATE_FAILED"));
    Compression done = client.follow(ID, now -> seen.add(now.state()));
    assertThat(done.state()).isEqualTo(GATE_FAILED);
    assertThat(seen).containsExactly(QUEUED, RUNNING, GATE_FAILED);
  }

  @Test
  void eventsThatFallSilentAreABrokenConnection() throws Exception {
    String beginning = "HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n" + event(1, "RUNNING");
    try (SilentService silent = new SilentService(beginning);
        GreenformersClient hasty = silent.builder().timeout(Duration.ofMillis(200)).build()) {
      assertThatThrownBy(() -> hasty.follow(ID, now -> seen.add(now.state())))
          .isInstanceOf(GreenformersIoException.class)
          .hasCauseInstanceOf(HttpTimeoutException.class);
    }
    assertThat(seen).containsExactly(RUNNING);
  }

  @Test
  void followingWhatIsOverAlreadyGivesItsEnd() {
    SERVICE.stubFor(get(EVENTS).willReturn(aResponse().withStatus(204)));
    states("FAILED");
    assertThat(client.follow(ID, now -> {}).state()).isEqualTo(CompressionState.FAILED);
  }

  @Test
  void anEventThatIsNoneIsInvalidData() {
    events("0", "id: 1\nevent: state\ndata: {\n\n");
    assertThatThrownBy(() -> client.follow(ID, now -> {})).isInstanceOf(InvalidDataException.class);
  }

  private static void events(String after, String body) {
    SERVICE.stubFor(
        get(EVENTS)
            .withHeader("Last-Event-ID", equalTo(after))
            .willReturn(aResponse().withBody(body)));
  }

  private static void states(String... states) {
    SERVICE.answers(
        () -> get(PLACE),
        Stream.of(states)
            .map(state -> okJson(Documents.compression(state)))
            .toArray(ResponseDefinitionBuilder[]::new));
  }

  private static String event(int id, String state) {
    return "id: %d\nevent: state\ndata: %s\n\n".formatted(id, Documents.compression(state));
  }
}
