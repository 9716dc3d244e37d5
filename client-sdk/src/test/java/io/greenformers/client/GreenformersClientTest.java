package io.greenformers.client;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.absent;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.binaryEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.matching;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

final class GreenformersClientTest {
  private static final String ID = "11111111-2222-3333-4444-555555555555";

  @RegisterExtension
  static final WireMockExtension SERVICE =
      WireMockExtension.newInstance()
          .options(WireMockConfiguration.wireMockConfig().dynamicPort())
          .build();

  @TempDir Path directory;

  private final List<Duration> pauses = new ArrayList<>();
  private final GreenformersClient client =
      GreenformersClient.builder()
          .baseUrl(SERVICE.baseUrl() + "/")
          .retries(new Retries(3, Duration.ofMillis(100), Duration.ofSeconds(9), pauses::add))
          .build();

  @Test
  void uploadsAModelWithItsDigest() throws Exception {
    Path model = Files.writeString(directory.resolve("m.onnx"), "model");
    SERVICE.stubFor(post("/v1/models").willReturn(okJson(modelJson()).withStatus(201)));
    assertThat(client.uploadModel(model).id()).isEqualTo("sha256:aa");
    SERVICE.verify(
        postRequestedFor(urlEqualTo("/v1/models"))
            .withHeader(
                "Content-Digest",
                // printf model | openssl dgst -sha256 -binary | base64
                equalTo("sha-256=:k3LEcO6t1ezZw8dMKzy2M/ji8vrXmSUKD3DWUra4JeQ=:"))
            .withRequestBody(binaryEqualTo("model".getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void sendsItsKeyWithEveryRequest() {
    SERVICE.stubFor(any(anyUrl()).willReturn(okJson(json("RUNNING"))));
    GreenformersClient.builder()
        .baseUrl(SERVICE.baseUrl())
        .apiKey("gf_123_abc-DEF")
        .build()
        .compression(ID);
    client.compression(ID);
    SERVICE.verify(
        1, getRequestedFor(anyUrl()).withHeader("Authorization", equalTo("Bearer gf_123_abc-DEF")));
    SERVICE.verify(1, getRequestedFor(anyUrl()).withoutHeader("Authorization"));
  }

  @Test
  void aKeyThatCannotBeSentIsRefusedAtOnce() {
    assertThatThrownBy(() -> GreenformersClient.builder().apiKey("a key\r\nX: y"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("a key\r\n");
  }

  @Test
  void makesKeysForOperators() {
    SERVICE.stubFor(
        post("/v1/keys")
            .willReturn(
                okJson(
                        """
                        {"id": "0123456789ab", "tenant": "search", "name": "ci",
                         "scopes": ["read"], "createdAt": "2026-01-01T00:00:00Z",
                         "expiresAt": "2026-01-02T00:00:00Z", "secret": "gf_0123456789ab_x"}
                        """)
                    .withStatus(201)));
    ApiKey key = client.createKey("search", "ci", Set.of("read"), Duration.ofDays(1));
    assertThat(key.secret()).contains("gf_0123456789ab_x");
    assertThat(key.revokedAt()).isEmpty();
    assertThat(key.toString()).doesNotContain("gf_0123456789ab_x");
    SERVICE.verify(
        postRequestedFor(urlEqualTo("/v1/keys"))
            .withRequestBody(
                equalToJson(
                    """
                    {"tenant": "search", "name": "ci", "scopes": ["read"], "expiresIn": "PT24H"}
                    """)));
  }

  @Test
  void uploadsExternalDataAsParts() throws Exception {
    Path model = Files.writeString(directory.resolve("m.onnx"), "model");
    Path data = Files.writeString(directory.resolve("weights"), "weights");
    SERVICE.stubFor(post("/v1/models").willReturn(okJson(modelJson())));
    client.uploadModel(model, Map.of("sub/weights.bin", data));
    SERVICE.verify(
        postRequestedFor(urlEqualTo("/v1/models"))
            .withHeader("Content-Type", matching("multipart/form-data; boundary=.+"))
            .withRequestBody(containing("filename=\"model.onnx\""))
            .withRequestBody(containing("filename=\"sub/weights.bin\""))
            .withRequestBody(containing("\r\n\r\nweights\r\n")));
  }

  @Test
  void sendsTheRequestWithAKeyOfItsOwn() {
    SERVICE.stubFor(post("/v1/compressions").willReturn(okJson(json("QUEUED")).withStatus(202)));
    CompressionRequest request =
        CompressionRequest.of("sha256:aa")
            .sizeRatio(0.6)
            .rankPolicy("uniform")
            .ratio(0.5)
            .texts("sha256:bb", "sha256:cc")
            .recover(2)
            .learningRate(3e-4)
            .losses(0.7, 0.1, 0.2)
            .longestTraining("10m")
            .build();
    Compression compression = client.compress(request);
    assertThat(compression.id()).isEqualTo(ID);
    assertThat(compression.state()).isEqualTo(CompressionState.QUEUED);
    SERVICE.verify(
        postRequestedFor(urlEqualTo("/v1/compressions"))
            .withHeader("Idempotency-Key", matching("[0-9a-f-]{36}"))
            .withRequestBody(
                equalToJson(
                    """
                    {"model": "sha256:aa", "budget": {"sizeRatio": 0.6},
                     "ranks": {"policy": "uniform", "ratio": 0.5},
                     "data": {"evaluation": "sha256:bb", "tokenizer": "sha256:cc"},
                     "recovery": {"epochs": 2, "learningRate": 3e-4, "labels": 0.2,
                                  "distillation": {"logits": 0.7, "hidden": 0.1},
                                  "maxDuration": "10m"}}
                    """)));
  }

  @Test
  void aProblemIsAServiceException() {
    SERVICE.stubFor(
        get("/v1/models/sha256:ff")
            .willReturn(
                aResponse()
                    .withStatus(404)
                    .withHeader("Content-Type", "application/problem+json")
                    .withBody(
                        """
                        {"status": 404, "code": "model-not-found", "detail": "upload it first",
                         "model": "sha256:ff"}
                        """)));
    assertThatThrownBy(() -> client.model("sha256:ff"))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> {
              assertThat(e.isNotFound()).isTrue();
              assertThat(e.code()).isEqualTo("model-not-found");
              assertThat(e.fields()).containsEntry("model", "sha256:ff").hasSize(1);
            })
        .hasMessageContaining("upload it first");
    assertThat(pauses).isEmpty();
  }

  @Test
  void anErrorPageOfSomethingElseIsAServiceExceptionToo() {
    SERVICE.stubFor(
        any(anyUrl()).willReturn(aResponse().withStatus(418).withBody("<html>proxy</html>")));
    assertThatThrownBy(() -> client.compression(ID))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo("http-418"));
  }

  @Test
  void anAnswerThatIsNoneIsInvalidData() {
    SERVICE.stubFor(any(anyUrl()).willReturn(aResponse().withBody("[1, 2")));
    assertThatThrownBy(() -> client.compression(ID)).isInstanceOf(InvalidDataException.class);
  }

  @Test
  void unknownFieldsAndStatesAreNoErrors() {
    SERVICE.stubFor(
        any(anyUrl())
            .willReturn(okJson(json("PAUSED").replace("{\"id\"", "{\"new\": {\"a\": 1}, \"id\""))));
    assertThat(client.compression(ID).state()).isEqualTo(CompressionState.UNKNOWN);
  }

  @Test
  void triesAgainAfterTheTimeThatTheServiceAsksFor() {
    SERVICE.stubFor(
        get(anyUrl())
            .inScenario("busy")
            .whenScenarioStateIs(Scenario.STARTED)
            .willReturn(aResponse().withStatus(503).withHeader("Retry-After", "3"))
            .willSetStateTo("broken"));
    SERVICE.stubFor(
        get(anyUrl())
            .inScenario("busy")
            .whenScenarioStateIs("broken")
            .willReturn(aResponse().withFault(Fault.MALFORMED_RESPONSE_CHUNK))
            .willSetStateTo("ready"));
    SERVICE.stubFor(
        get(anyUrl())
            .inScenario("busy")
            .whenScenarioStateIs("ready")
            .willReturn(okJson(json("RUNNING"))));
    assertThat(client.compression(ID).state()).isEqualTo(CompressionState.RUNNING);
    assertThat(pauses).hasSize(2).first().isEqualTo(Duration.ofSeconds(3));
    assertThat(pauses.get(1)).isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
  }

  @Test
  void givesUpAfterItsRetries() {
    SERVICE.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(503)));
    assertThatThrownBy(() -> client.compression(ID)).isInstanceOf(ServiceException.class);
    SERVICE.verify(4, getRequestedFor(anyUrl()));
    GreenformersClient nobody =
        GreenformersClient.builder()
            .baseUrl("http://127.0.0.1:1")
            .retries(new Retries(2, Duration.ofMillis(1), Duration.ofMillis(1), time -> {}))
            .build();
    assertThatThrownBy(() -> nobody.compression(ID))
        .isInstanceOf(GreenformersIoException.class)
        .hasMessageContaining("127.0.0.1:1");
  }

  @Test
  void awaitsByAskingLessAndLessOften() {
    states("QUEUED", "RUNNING", "RUNNING", "SUCCEEDED");
    List<CompressionState> seen = new ArrayList<>();
    Compression done = client.await(ID, Duration.ofMinutes(1), now -> seen.add(now.state()));
    assertThat(done.state()).isEqualTo(CompressionState.SUCCEEDED);
    assertThat(seen).hasSize(4);
    assertThat(pauses).hasSize(3);
    assertThat(pauses.get(2)).isGreaterThan(pauses.get(0));
  }

  @Test
  void awaitEndsWithItsTime() {
    states("RUNNING");
    assertThatThrownBy(() -> client.await(ID, Duration.ZERO, now -> {}))
        .isInstanceOf(AwaitTimeoutException.class)
        .hasMessageContaining(ID);
  }

  @Test
  void followsEventsAndGoesOnWhereTheConnectionBroke() {
    String path = "/v1/compressions/" + ID + "/events";
    SERVICE.stubFor(
        get(path)
            .withHeader("Last-Event-ID", equalTo("0"))
            .willReturn(
                aResponse()
                    .withBody(event(1, "QUEUED") + ": still here\n\n" + event(2, "RUNNING"))));
    SERVICE.stubFor(
        get(path)
            .withHeader("Last-Event-ID", equalTo("2"))
            .willReturn(aResponse().withBody(event(3, "GATE_FAILED"))));
    List<CompressionState> seen = new ArrayList<>();
    Compression done = client.follow(ID, now -> seen.add(now.state()));
    assertThat(done.state()).isEqualTo(CompressionState.GATE_FAILED);
    assertThat(seen)
        .containsExactly(
            CompressionState.QUEUED, CompressionState.RUNNING, CompressionState.GATE_FAILED);
  }

  @Test
  void followingWhatIsOverAlreadyGivesItsEnd() {
    SERVICE.stubFor(
        get("/v1/compressions/" + ID + "/events").willReturn(aResponse().withStatus(204)));
    states("FAILED");
    assertThat(client.follow(ID, now -> {}).state()).isEqualTo(CompressionState.FAILED);
  }

  @Test
  void downloadsWhatWasPromised() throws Exception {
    SERVICE.stubFor(get("/a").willReturn(aResponse().withBody("bytes")));
    Path target = directory.resolve("new/model.onnx");
    client.download(artifact("model.onnx", "bytes"), target);
    assertThat(target).hasContent("bytes");
    assertThat(target.resolveSibling("")).isDirectoryNotContaining("glob:**partial");
  }

  @Test
  void leavesNothingOfOtherBytes() throws Exception {
    SERVICE.stubFor(get("/a").willReturn(aResponse().withBody("other")));
    assertThatThrownBy(
            () -> client.download(artifact("model.onnx", "bytes"), directory.resolve("m")))
        .isInstanceOf(InvalidDataException.class)
        .hasMessageContaining("SHA-256");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void artifactsStayInTheirDirectory() throws Exception {
    Compression hostile = Http.parse(json("SUCCEEDED"), Compression.class);
    Compression escaping =
        new Compression(
            hostile.id(),
            hostile.state(),
            hostile.stage(),
            hostile.fraction(),
            hostile.activity(),
            hostile.code(),
            hostile.message(),
            hostile.bound(),
            hostile.createdAt(),
            hostile.startedAt(),
            hostile.finishedAt(),
            List.of(artifact("../escaped", "bytes")));
    assertThatThrownBy(() -> client.downloadAll(escaping, directory))
        .isInstanceOf(InvalidDataException.class);
    SERVICE.verify(0, getRequestedFor(anyUrl()));
  }

  @Test
  void readsTheReport() {
    SERVICE.stubFor(
        get("/v1/compressions/" + ID + "/artifacts/report.json")
            .willReturn(
                okJson(
                    """
                    {"gate": {"passed": false, "bound": "sizeRatio"},
                     "size": {"originalBytes": 10, "compressedBytes": 6, "ratio": 0.6},
                     "latency": [{"batch": 1, "sequence": 32, "originalMs": {"p50": 4, "p90": 5},
                                  "compressedMs": {"p50": 2, "p90": 3}, "speedup": 2}],
                     "accuracy": {"metric": "accuracy", "split": "evaluation", "samples": 872,
                                  "original": 0.9, "compressed": 0.88, "drop": 0.02,
                                  "dropUpperBound": 0.03, "confidence": 0.95},
                     "fidelity": {"cosine": 0.99, "relativeL2": 0.1}, "sites": [1]}
                    """)));
    Report report = client.report(ID);
    assertThat(report.passed()).isFalse();
    assertThat(report.bound()).contains("sizeRatio");
    assertThat(report.size()).isEqualTo(new Report.Size(10, 6, 0.6));
    assertThat(report.latency()).containsExactly(new Report.Latency(1, 32, 4, 2, 2));
    assertThat(report.accuracy())
        .contains(new Report.Accuracy("accuracy", "evaluation", 872, 0.9, 0.88, 0.02, 0.03, 0.95));
    assertThat(report.json().path("sites").size()).isOne();
  }

  @Test
  void theAsyncClientDoesTheSameLater() {
    SERVICE.stubFor(get(anyUrl()).willReturn(okJson(json("RUNNING"))));
    assertThat(client.async().compression(ID).join().state()).isEqualTo(CompressionState.RUNNING);
    SERVICE.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(409)));
    assertThatThrownBy(() -> client.async().cancel(ID).join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(ServiceException.class);
  }

  private static void states(String... states) {
    for (int i = 0; i < states.length; i++) {
      SERVICE.stubFor(
          get("/v1/compressions/" + ID)
              .inScenario("states")
              .whenScenarioStateIs(i == 0 ? Scenario.STARTED : "after " + i)
              .withHeader("Idempotency-Key", absent())
              .willReturn(okJson(json(states[i])))
              .willSetStateTo("after " + Math.min(i + 1, states.length - 1)));
    }
  }

  private static String event(int id, String state) {
    return "id: %d\nevent: state\ndata: %s\n\n".formatted(id, json(state));
  }

  private static String json(String state) {
    return "{\"id\": \"%s\", \"state\": \"%s\", \"createdAt\": \"2026-01-02T03:04:05Z\", \"artifacts\": []}"
        .formatted(ID, state);
  }

  private static String modelJson() {
    return "{\"id\": \"sha256:aa\", \"bytes\": 5, \"files\": [], \"createdAt\": \"2026-01-02T03:04:05Z\"}";
  }

  private static Artifact artifact(String name, String promised) {
    byte[] digest = Digests.sha256().digest(promised.getBytes(StandardCharsets.UTF_8));
    return new Artifact(name, promised.length(), HexFormat.of().formatHex(digest), "/a");
  }
}
