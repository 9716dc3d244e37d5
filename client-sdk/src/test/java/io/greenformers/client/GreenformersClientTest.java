package io.greenformers.client;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.delete;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.matching;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.greenformers.client.Documents.ID;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class GreenformersClientTest {
  @RegisterExtension static final StubbedService SERVICE = new StubbedService();

  private static final String KEY =
      """
      {"id": "0123456789ab", "tenant": "search", "name": "ci", "scopes": ["read"],
       "createdAt": "2026-01-01T00:00:00Z", "expiresAt": "2026-01-02T00:00:00Z"%s}
      """;

  private final GreenformersClient client = SERVICE.client();

  @Test
  void sendsItsKeyWithEveryRequest() {
    SERVICE.stubFor(any(anyUrl()).willReturn(okJson(Documents.compression("RUNNING"))));
    SERVICE.client(GreenformersClient.builder().apiKey("gf_123_abc-DEF")).compression(ID);
    client.compression(ID);
    SERVICE.verify(
        1, getRequestedFor(anyUrl()).withHeader("Authorization", equalTo("Bearer gf_123_abc-DEF")));
    SERVICE.verify(1, getRequestedFor(anyUrl()).withoutHeader("Authorization"));
  }

  @Test
  void aClientMadeOfAnotherIsLikeItButForWhatIsChanged() {
    SERVICE.stubFor(any(anyUrl()).willReturn(okJson(Documents.compression("RUNNING"))));
    GreenformersClient first = SERVICE.client(GreenformersClient.builder().apiKey("gf_1"));
    GreenformersClient other = first.toBuilder().timeout(Duration.ofSeconds(2)).build();
    assertThat(other.compression(ID).state()).isEqualTo(CompressionState.RUNNING);
    assertThat(other.toString()).isEqualTo(first.toString().replace("=PT30S", "=PT2S"));
    SERVICE.verify(getRequestedFor(anyUrl()).withHeader("Authorization", equalTo("Bearer gf_1")));
  }

  @Test
  void sendsTheRequestWithAKeyOfItsOwn() {
    SERVICE.stubFor(
        post("/v1/compressions")
            .willReturn(okJson(Documents.compression("QUEUED")).withStatus(202)));
    CompressionRequest request = CompressionRequest.of("sha256:aa").sizeRatio(0.6).build();
    Compression compression = client.compress(request);
    assertThat(compression.id()).isEqualTo(ID);
    assertThat(compression.state()).isEqualTo(CompressionState.QUEUED);
    SERVICE.verify(
        postRequestedFor(urlEqualTo("/v1/compressions"))
            .withHeader("Idempotency-Key", matching("[0-9a-f-]{36}"))
            .withRequestBody(equalToJson(request.json())));
  }

  @Test
  void findsWhatWasUploadedAndMade() {
    SERVICE.stubFor(get("/v1/models/sha256:aa").willReturn(okJson(Documents.model("bb"))));
    SERVICE.stubFor(get("/v1/datasets/sha256:cc").willReturn(okJson(Documents.dataset("cc"))));
    SERVICE.stubFor(
        get("/v1/models/sha256:aa/inspection").willReturn(okJson("{\"sites\": [1, 2]}")));
    SERVICE.stubFor(get("/v1/models/sha256:aa/prediction").willReturn(okJson("{\"sizes\": [1]}")));
    SERVICE.stubFor(
        get("/v1/compressions?limit=2")
            .willReturn(
                okJson("{\"compressions\": [%s]}".formatted(Documents.compression("FAILED")))));
    assertThat(client.model("sha256:aa").files()).hasSize(1);
    assertThat(client.dataset("sha256:cc").id()).isEqualTo("sha256:cc");
    assertThat(client.inspect("sha256:aa").path("sites").size()).isEqualTo(2);
    assertThat(client.predict("sha256:aa").path("sizes").size()).isOne();
    assertThat(client.compressions(2)).extracting(Compression::id).containsExactly(ID);
  }

  @Test
  void makesListsAndRevokesKeysForOperators() {
    String made = KEY.formatted(", \"secret\": \"gf_0123456789ab_x\"");
    SERVICE.stubFor(post("/v1/keys").willReturn(okJson(made).withStatus(201)));
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
    String known = KEY.formatted("");
    SERVICE.stubFor(get("/v1/keys").willReturn(okJson("{\"keys\": [%s]}".formatted(known))));
    assertThat(client.keys()).extracting(ApiKey::secret).allMatch(secret -> secret.isEmpty());
    SERVICE.stubFor(
        delete("/v1/keys/0123456789ab")
            .willReturn(okJson(KEY.formatted(", \"revokedAt\": \"2026-01-01T01:00:00Z\""))));
    assertThat(client.revokeKey("0123456789ab").revokedAt()).isPresent();
  }

  @Test
  void showsOperatorsWhatWaitsAndRuns() {
    SERVICE.stubFor(
        get("/v1/admin/queue")
            .willReturn(
                okJson(
                    """
                    {"pools": [{"name": "stage-cpu", "waiting": 3, "running": 1, "oldestSeconds": 61}],
                     "tenants": [{"tenant": "search", "queued": 2, "running": 1}], "later": 1}
                    """)));
    SERVICE.stubFor(
        get("/v1/admin/workers")
            .willReturn(
                okJson(
                    """
                    {"working": [{"worker": "a", "compression": "%s", "stage": "factorize",
                                  "lastHeartbeat": "2026-01-02T03:04:05Z"},
                                 {"worker": "b", "compression": "%s", "stage": "evaluate"}]}
                    """
                        .formatted(ID, ID))));
    WorkQueue queue = client.queue();
    assertThat(queue.pools()).containsExactly(new WorkQueue.Pool("stage-cpu", 3, 1, 61));
    assertThat(queue.pools().get(0).oldest()).isEqualTo(Duration.ofSeconds(61));
    assertThat(queue.tenants()).containsExactly(new WorkQueue.OfTenant("search", 2, 1));
    assertThat(client.workers())
        .containsExactly(
            new WorkingStage("a", ID, "factorize", Optional.of(StubbedService.NOW)),
            new WorkingStage("b", ID, "evaluate", Optional.empty()));
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
}
