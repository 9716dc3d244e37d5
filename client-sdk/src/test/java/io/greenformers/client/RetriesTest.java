package io.greenformers.client;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.delete;
import static com.github.tomakehurst.wiremock.client.WireMock.deleteRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.jsonResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.greenformers.client.Documents.ID;
import static io.greenformers.client.Documents.PLACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent again, how often, and when. */
final class RetriesTest {
  @RegisterExtension static final StubbedService SERVICE = new StubbedService();

  private static final ResponseDefinitionBuilder RUNNING = okJson(Documents.compression("RUNNING"));

  private final GreenformersClient client = SERVICE.client();

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504})
  void whatMayPassIsSentAgain(int status) {
    SERVICE.answers(() -> any(anyUrl()), aResponse().withStatus(status), RUNNING);
    assertThat(client.compression(ID).state()).isEqualTo(CompressionState.RUNNING);
    assertThat(SERVICE.pauses()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 400, 401, 403, 404, 405, 409, 412, 413, 422, 501, 507})
  void whatDoesNotPassIsSentOnce(int status) {
    SERVICE.answers(() -> any(anyUrl()), aResponse().withStatus(status), RUNNING);
    assertThatThrownBy(() -> client.compression(ID))
        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.isRetryable()).isFalse());
    SERVICE.verify(1, anyRequestedFor(anyUrl()));
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aBrokenConnectionIsTriedAgain(Fault fault) {
    SERVICE.answers(() -> any(anyUrl()), aResponse().withFault(fault), RUNNING);
    assertThat(client.compression(ID).state()).isEqualTo(CompressionState.RUNNING);
  }

  @Test
  void anAnswerThatBreaksOffIsAskedForAgain() {
    SERVICE.answers(
        () -> get(PLACE),
        aResponse().withHeader("Content-Length", "10000").withBody("{\"id\": \""),
        RUNNING);
    assertThat(client.compression(ID).state()).isEqualTo(CompressionState.RUNNING);
  }

  @Test
  void givesUpAfterItsRetries() {
    SERVICE.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(503)));
    assertThatThrownBy(() -> client.compression(ID))
        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.isRetryable()).isTrue());
    SERVICE.verify(1 + StubbedService.POLICY.most(), anyRequestedFor(anyUrl()));
  }

  @Test
  void waitsAsLongAsTheServiceAsksFor() {
    SERVICE.answers(
        () -> any(anyUrl()),
        aResponse().withStatus(429).withHeader("Retry-After", "3"),
        aResponse().withStatus(503).withHeader("Retry-After", "Fri, 02 Jan 2026 03:04:09 GMT"),
        aResponse().withStatus(503).withHeader("Retry-After", "soon"),
        RUNNING);
    client.compression(ID);
    assertThat(SERVICE.pauses())
        .startsWith(Duration.ofSeconds(3), Duration.ofSeconds(4))
        .hasSize(3);
    assertThat(SERVICE.pauses().get(2)).isLessThanOrEqualTo(Duration.ofMillis(400));
  }

  @Test
  void whoeverAsksForMoreTimeThanThereIsIsNotAskedAgain() {
    SERVICE.stubFor(
        any(anyUrl()).willReturn(aResponse().withStatus(429).withHeader("Retry-After", "10")));
    assertThatThrownBy(() -> client.compression(ID))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> assertThat(e.retryAfter()).contains(Duration.ofSeconds(10)));
    SERVICE.verify(1, anyRequestedFor(anyUrl()));
  }

  /** Full jitter: every pause up to a bound that doubles is as likely as every other. */
  @Test
  void pausesAreRandomBelowABoundThatDoubles() {
    int most = 6;
    int draws = 2000;
    RetryPolicy policy = new RetryPolicy(most, Duration.ofMillis(100), Duration.ofSeconds(1));
    List<Duration> pauses = new ArrayList<>();
    Retries retries =
        new Retries(policy, pause -> {}, new Random(StubbedService.SEED), Clock.systemUTC());
    for (int tries = 1; tries <= most; tries++) {
      pauses.clear();
      long bound = Math.min(1000, 100L << (tries - 1));
      for (int i = 0; i < draws; i++) {
        pauses.add(retries.pause(tries, Optional.empty()));
      }
      assertThat(pauses).allMatch(pause -> pause.toMillis() <= bound);
      double mean = pauses.stream().mapToLong(Duration::toMillis).average().orElseThrow();
      assertThat(mean).as("seed %d", StubbedService.SEED).isBetween(0.45 * bound, 0.55 * bound);
    }
  }

  @Test
  void theSameSeedPausesTheSame() {
    SERVICE.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(503)));
    assertThatThrownBy(() -> client.compression(ID)).isInstanceOf(ServiceException.class);
    List<Duration> first = List.copyOf(SERVICE.pauses());
    GreenformersClient again = SERVICE.client();
    assertThatThrownBy(() -> again.compression(ID)).isInstanceOf(ServiceException.class);
    assertThat(SERVICE.pauses()).isEqualTo(first).hasSize(StubbedService.POLICY.most());
  }

  @ParameterizedTest
  @CsvSource({"500, 1", "502, 1", "503, 1", "429, 2"})
  void aKeyIsAskedForAgainOnlyWhereNoneCanHaveBeenMade(int status, int requests) {
    SERVICE.answers(
        () -> any(anyUrl()), aResponse().withStatus(status), aResponse().withStatus(403));
    assertThatThrownBy(() -> client.createKey("t", "n", Set.of("read"), Duration.ofDays(1)))
        .isInstanceOf(ServiceException.class);
    SERVICE.verify(requests, anyRequestedFor(anyUrl()));
  }

  @Test
  void aKeyWhoseAnswerIsLostIsNotMadeTwice() {
    SERVICE.stubFor(
        any(anyUrl()).willReturn(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)));
    assertThatThrownBy(() -> client.createKey("t", "n", Set.of("read"), Duration.ofDays(1)))
        .isInstanceOf(GreenformersIoException.class);
    SERVICE.verify(1, anyRequestedFor(anyUrl()));
  }

  @Test
  void theSecondOfTwoCancellationsFindsWhatTheFirstHasDone() {
    SERVICE.answers(
        () -> delete(PLACE),
        aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER),
        jsonResponse(Documents.problem(409, "compression-final"), 409));
    SERVICE.stubFor(get(PLACE).willReturn(okJson(Documents.compression("CANCELLED"))));
    assertThat(client.cancel(ID).state()).isEqualTo(CompressionState.CANCELLED);
  }

  @Test
  void whatIsFinalAlreadyCannotBeCancelled() {
    SERVICE.stubFor(
        delete(PLACE).willReturn(jsonResponse(Documents.problem(409, "compression-final"), 409)));
    SERVICE.stubFor(get(PLACE).willReturn(okJson(Documents.compression("CANCELLED"))));
    assertThatThrownBy(() -> client.cancel(ID))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo("compression-final"));
    SERVICE.verify(1, deleteRequestedFor(urlEqualTo(PLACE)));
  }

  @Test
  void aPolicyIsChecked() {
    assertThatThrownBy(() -> RetryPolicy.DEFAULT.withMost(-1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RetryPolicy(1, Duration.ofSeconds(2), Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(RetryPolicy.NEVER.most()).isZero();
  }
}
