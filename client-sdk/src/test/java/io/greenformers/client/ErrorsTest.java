package io.greenformers.client;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.jsonResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static io.greenformers.client.Documents.ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.tomakehurst.wiremock.http.Fault;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of error, and what it says. */
final class ErrorsTest {
  @RegisterExtension static final StubbedService SERVICE = new StubbedService();

  private static final Duration SOON = Duration.ofMillis(200);
  private static final String SECRET = "gf_0123456789ab_sEcReT";

  private final GreenformersClient client = SERVICE.client();

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 404, 409, 413, 422, 429, 500, 507})
  void aProblemIsAServiceExceptionWithAllThatWasSaid(int status) {
    SERVICE.stubFor(
        any(anyUrl())
            .willReturn(
                jsonResponse(Documents.problem(status, "some-code"), status)
                    .withHeader("X-Request-Id", "r-1")));
    assertThatThrownBy(() -> client.compression(ID))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> {
              assertThat(e.status()).isEqualTo(status);
              assertThat(e.code()).isEqualTo("some-code");
              assertThat(e.fields()).containsEntry("field", "budget.sizeRatio").hasSize(1);
              assertThat(e.requestId()).contains("r-1");
              assertThat(e.isNotFound()).isEqualTo(status == 404);
            })
        .hasMessage("some-code (%d): said so [request r-1]".formatted(status));
  }

  @Test
  void anErrorPageOfSomethingElseIsAServiceExceptionToo() {
    SERVICE.stubFor(
        any(anyUrl()).willReturn(aResponse().withStatus(418).withBody("<html>proxy</html>")));
    assertThatThrownBy(() -> client.compression(ID))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo("http-418"))
        .hasMessageNotContaining("html");
  }

  @Test
  void aRedirectionIsNotFollowedWithTheKey() {
    SERVICE.stubFor(
        any(anyUrl())
            .willReturn(aResponse().withStatus(307).withHeader("Location", "http://evil.example")));
    assertThatThrownBy(() -> client.compression(ID))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo("http-307"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1, 2", "", "<html>", "[]", "{}", "{\"id\": null}", "{\"id\": {}}"})
  void anAnswerThatIsNoneIsInvalidData(String body) {
    SERVICE.stubFor(any(anyUrl()).willReturn(aResponse().withBody(body)));
    assertThatThrownBy(() -> client.compression(ID)).isInstanceOf(InvalidDataException.class);
    assertThatThrownBy(() -> client.model("sha256:ff")).isInstanceOf(InvalidDataException.class);
  }

  @Test
  void unknownFieldsAndStatesAreNoErrors() {
    String future =
        Documents.compression("PAUSED").replace("{\"id\"", "{\"new\": {\"a\": 1}, \"id\"");
    SERVICE.stubFor(any(anyUrl()).willReturn(okJson(future)));
    assertThat(client.compression(ID).state()).isEqualTo(CompressionState.UNKNOWN);
  }

  @Test
  void aServiceThatIsNotThereIsAnIoException() {
    GreenformersClient nobody =
        GreenformersClient.builder()
            .baseUrl("http://127.0.0.1:1")
            .retries(RetryPolicy.NEVER)
            .build();
    assertThatThrownBy(() -> nobody.compression(ID))
        .isInstanceOf(GreenformersIoException.class)
        .hasMessageContaining("127.0.0.1:1")
        .hasCauseInstanceOf(ConnectException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\"",
      })
  void anAnswerThatDoesNotBeginOrGoOnInTimeIsAnIoException(String beginning) throws Exception {
    try (SilentService silent = new SilentService(beginning);
        GreenformersClient hasty = silent.builder().timeout(SOON).build()) {
      assertThatThrownBy(() -> hasty.compression(ID))
          .isInstanceOf(GreenformersIoException.class)
          .hasCauseInstanceOf(HttpTimeoutException.class);
      assertThat(silent.isHungUp()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "../keys", "a/b", "a?b=c", "a b", "%2e%2e"})
  void anIdThatIsMoreThanOneStepOfAPathIsNotSent(String id) {
    assertThatThrownBy(() -> client.compression(id)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> client.model(id)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> client.revokeKey(id)).isInstanceOf(IllegalArgumentException.class);
    assertThat(SERVICE.getAllServeEvents()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1:8080",
        "ftp://host",
        "http://",
        "http://user:word@host",
        "http://user:word @host",
        "http://host?key=word",
        "http://host/#word"
      })
  void aUrlThatIsMoreThanAPlaceIsRefusedAndNotRepeated(String url) {
    ClientBuilder builder = GreenformersClient.builder();
    assertThatThrownBy(() -> builder.baseUrl(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("word");
  }

  @Test
  void aTimeOutOfNothingIsRefused() {
    ClientBuilder builder = GreenformersClient.builder();
    assertThatThrownBy(() -> builder.timeout(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("timeout");
  }

  @Test
  void noErrorAndNoTextHasTheKey() {
    GreenformersClient withKey = SERVICE.client(GreenformersClient.builder().apiKey(SECRET));
    SERVICE.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(401)));
    Throwable refused = catchThrowable(() -> withKey.compression(ID));
    SERVICE.stubFor(any(anyUrl()).willReturn(aResponse().withFault(Fault.EMPTY_RESPONSE)));
    Throwable broken = catchThrowable(() -> withKey.compression(ID));
    SERVICE.stubFor(any(anyUrl()).willReturn(aResponse().withBody("no")));
    Throwable invalid = catchThrowable(() -> withKey.compression(ID));
    for (Throwable e : List.of(refused, broken, invalid)) {
      assertThat(e).isInstanceOf(GreenformersException.class);
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace, true));
      assertThat(trace.toString()).doesNotContain(SECRET);
    }
    assertThat(withKey.toString()).contains(SERVICE.baseUrl()).doesNotContain(SECRET);
  }

  @Test
  void aKeyThatCannotBeSentIsRefusedAndNotRepeated() {
    ClientBuilder builder = GreenformersClient.builder();
    assertThatThrownBy(() -> builder.apiKey("a key\r\nX: y"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("a key\r\n");
  }
}
