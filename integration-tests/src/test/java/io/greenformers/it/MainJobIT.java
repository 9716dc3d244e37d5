package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.client.Artifact;
import io.greenformers.client.Compression;
import io.greenformers.client.CompressionRequest;
import io.greenformers.client.CompressionState;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.Model;
import io.greenformers.client.Ranks;
import io.greenformers.client.Report;
import io.greenformers.client.ServiceException;
import io.greenformers.client.WorkingStage;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The main job, as its users do it. */
@ExtendWith(SharedService.class)
final class MainJobIT {
  static final Path BERT = Path.of("../engine/src/test/resources/bert/model.onnx");
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @TempDir static Path directory;

  private static RunningService service;
  private static GreenformersClient client;

  @BeforeAll
  static void ask(RunningService shared) {
    service = shared;
    client = service.client();
  }

  @Test
  void compressesAModel() throws Exception {
    Model model = client.uploadModel(BERT);
    assertThat(client.uploadModel(BERT)).isEqualTo(model);
    assertThat(client.inspect(model.id()).path("sites").size()).isGreaterThan(10);
    assertThat(client.predict(model.id()).path("sizes").size()).isGreaterThan(3);

    Compression created = client.compress(QuickRequest.of(model.id()));
    List<Compression> seen = new ArrayList<>();
    List<WorkingStage> working = new ArrayList<>();
    Set<String> queue = new HashSet<>();
    Compression done =
        client.follow(
            created.id(),
            now -> {
              seen.add(now);
              working.addAll(client.workers());
              client.queue().pools().forEach(pool -> queue.add(pool.name()));
              client.queue().tenants().forEach(tenant -> queue.add(tenant.tenant()));
            });
    assertThat(done.state()).as("%s", done).isEqualTo(CompressionState.SUCCEEDED);
    assertThat(seen).extracting(c -> c.stage().orElse("")).contains("inspect", "factorize");
    assertThat(working)
        .filteredOn(stage -> stage.compression().equals(created.id()))
        .extracting(WorkingStage::stage)
        .contains("factorize");
    assertThat(queue).contains("default", "stage-cpu");

    Path out = client.downloadAll(done, directory.resolve("out"));
    Report report = client.report(done.id());
    assertThat(report.size().compressedBytes()).isEqualTo(Files.size(out.resolve("model.onnx")));
    assertThat(report.size().originalBytes()).isEqualTo(Files.size(BERT));
    assertThat(report.size().ratio()).isLessThan(1);
    assertThat(report.latency()).hasSize(1);
    assertThat(out.resolve("report.html")).content().contains("<html");
    assertThat(client.compressions(5)).extracting(Compression::id).contains(done.id());
    assertThat(service.children()).isEmpty();
  }

  @Test
  void theSameKeyGivesTheSameCompression() {
    String model = client.uploadModel(BERT).id();
    CompressionRequest request = CompressionRequest.of(model).sizeRatio(0.9).build();
    Compression first = client.compress(request, "my key");
    assertThat(client.compress(request, "my key").id()).isEqualTo(first.id());
    CompressionRequest other = CompressionRequest.of(model).sizeRatio(0.8).build();
    assertThatThrownBy(() -> client.compress(other, "my key"))
        .isInstanceOfSatisfying(ServiceException.class, e -> assertThat(e.status()).isEqualTo(422));
    client.await(first.id(), PATIENCE, now -> {});
  }

  @Test
  void aBudgetThatCannotBeMetIsSaidSo() {
    String model = client.uploadModel(BERT).id();
    Compression created =
        client.compress(
            CompressionRequest.of(model)
                .ranks(Ranks.uniform(0.9))
                .sizeRatio(0.3)
                .latencyGrid(List.of(1), List.of(8))
                .build());
    Compression done = client.await(created.id(), PATIENCE, now -> {});
    assertThat(done.state()).isEqualTo(CompressionState.GATE_FAILED);
    assertThat(done.bound()).contains("sizeRatio");
    assertThat(done.artifact("model.onnx")).isPresent();
  }

  @Test
  void cancels() {
    String model = client.uploadModel(BERT).id();
    Compression created = client.compress(CompressionRequest.of(model).sizeRatio(0.9).build());
    assertThat(client.cancel(created.id()).state()).isEqualTo(CompressionState.CANCELLED);
    assertThatThrownBy(() -> client.cancel(created.id()))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo("compression-final"));
  }

  @Test
  void badRequestsSayWhichField() throws Exception {
    String model = client.uploadModel(BERT).id();
    assertThatThrownBy(() -> client.compress(CompressionRequest.of(model).sizeRatio(2).build()))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> {
              assertThat(e.status()).isEqualTo(400);
              assertThat(e.fields()).containsEntry("field", "budget.sizeRatio");
            });
    assertThatThrownBy(
            () -> client.compress(CompressionRequest.of("sha256:ff").sizeRatio(0.5).build()))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo("model-not-found"));
    HttpResponse<String> empty =
        send(request("/v1/models").POST(BodyPublishers.noBody()).header("Content-Type", BINARY));
    assertThat(empty.statusCode()).isEqualTo(400);
    assertThat(empty.headers().firstValue("Content-Type")).contains("application/problem+json");
    HttpResponse<String> wrong =
        send(
            request("/v1/models")
                .POST(BodyPublishers.ofString("bytes"))
                .header("Content-Type", BINARY)
                .header(
                    "Content-Digest", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"));
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(wrong.body()).contains("digest-mismatch");
    assertThat(send(request("/v1/nowhere")).statusCode()).isEqualTo(404);
  }

  @Test
  void servesRangesOfArtifacts() throws Exception {
    Compression done = fullRank();
    Artifact artifact = done.artifact("model.onnx").orElseThrow();
    HttpResponse<String> part =
        send(
            request(artifact.href())
                .header("Range", "bytes=4-7")
                .header("If-Range", etag(artifact)));
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.headers().firstValue("ETag")).contains(etag(artifact));
    assertThat(part.headers().firstValue("Content-Range"))
        .contains("bytes 4-7/" + artifact.bytes());
    HttpResponse<String> known =
        send(request(artifact.href()).header("If-None-Match", etag(artifact)));
    assertThat(known.statusCode()).isEqualTo(304);
  }

  @Test
  void describesItself() throws Exception {
    HttpResponse<String> document = send(request("/v3/api-docs"));
    assertThat(document.body()).contains("\"openapi\":\"3.1.").contains("createCompression");
    assertThat(send(request("/actuator/health")).body()).contains("UP");
  }

  private static final String BINARY = "application/octet-stream";

  private static Compression fullRank() {
    String model = client.uploadModel(BERT).id();
    Compression created =
        client.compress(
            CompressionRequest.of(model)
                .ranks(Ranks.full())
                .latencyGrid(List.of(1), List.of(8))
                .build());
    return client.await(created.id(), PATIENCE, now -> {});
  }

  private static String etag(Artifact artifact) {
    return "\"" + artifact.sha256() + "\"";
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(service.url() + path));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }
}
