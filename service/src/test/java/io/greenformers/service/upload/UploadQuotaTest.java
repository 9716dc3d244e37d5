package io.greenformers.service.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.service.TestService;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What resumable uploads take of a tenant's room. */
final class UploadQuotaTest {
  private static final int ROOM = 1000;
  private static final int MORE_THAN_HALF = 600;

  /** Of so many x. */
  private static final String SHA256 =
      "5130b33e6b87fbf5316ed9049e98924eb110800bcbaaad8050f642fba6df37c9";

  @TempDir Path directory;

  private TestService service;

  @BeforeEach
  void start() {
    service =
        TestService.start(directory, "--greenformers.limits.tenant.stored=%dB".formatted(ROOM));
  }

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void anUploadCountsFromItsBeginningUntilItIsEnded() {
    String first = begin().headers().firstValue("Location").orElseThrow();
    HttpResponse<String> refused = begin();
    assertThat(refused.statusCode()).isEqualTo(413);
    assertThat(refused.body()).contains("tenant-storage-full");
    assertThat(service.send(tus(first).DELETE()).statusCode()).isEqualTo(204);
    assertThat(begin().statusCode()).isEqualTo(201);
  }

  @Test
  void aDatasetOfAnUploadDoesNotCountAgain() {
    String upload = begin().headers().firstValue("Location").orElseThrow();
    assertThat(sendAll(upload).statusCode()).isEqualTo(204);
    String id = upload.substring("/v1/uploads/".length());
    assertThat(post("/v1/datasets", "{\"upload\": \"%s\"}".formatted(id)).statusCode())
        .isEqualTo(201);
    assertThat(post("/v1/datasets", "{\"upload\": \"%s\"}".formatted(id)).statusCode())
        .isEqualTo(200);
    HttpResponse<String> other =
        post("/v1/models", "{\"files\": {\"model.onnx\": \"%s\"}}".formatted(id));
    assertThat(other.statusCode()).as("stored as another thing, so counted").isEqualTo(413);
  }

  @Test
  void theSameBytesOfTheSameTenantGoOnInOneUpload() {
    String first = place(beginSame(SHA256));
    assertThat(place(beginSame(SHA256))).as("it has room for one only").isEqualTo(first);
    assertThat(beginSame(SHA256.replace('2', '3')).statusCode()).isEqualTo(413);
    assertThat(sendAll(first).statusCode()).isEqualTo(204);
    assertThat(place(beginSame(SHA256))).as("complete").isEqualTo(first);
  }

  @Test
  void bytesThatAreNotWhatWasPromisedAreNotFoundAgain() {
    String wrong = SHA256.replace('2', '3');
    assertThat(sendAll(place(beginSame(wrong))).statusCode()).isEqualTo(204);
    assertThat(beginSame(wrong).statusCode()).isEqualTo(413);
  }

  private static String place(HttpResponse<String> begun) {
    assertThat(begun.statusCode()).as(begun.body()).isEqualTo(201);
    return begun.headers().firstValue("Location").orElseThrow();
  }

  private HttpResponse<String> beginSame(String sha256) {
    String value = Base64.getEncoder().encodeToString(sha256.getBytes(StandardCharsets.US_ASCII));
    return service.send(
        tus("/v1/uploads")
            .header("Upload-Length", Integer.toString(MORE_THAN_HALF))
            .header("Upload-Metadata", "filename eA==,sha256 " + value)
            .POST(BodyPublishers.noBody()));
  }

  private HttpResponse<String> begin() {
    return service.send(
        tus("/v1/uploads")
            .header("Upload-Length", Integer.toString(MORE_THAN_HALF))
            .POST(BodyPublishers.noBody()));
  }

  private HttpResponse<String> sendAll(String upload) {
    return service.send(
        tus(upload)
            .header("Upload-Offset", "0")
            .header("Content-Type", "application/offset+octet-stream")
            .method("PATCH", BodyPublishers.ofString("x".repeat(MORE_THAN_HALF))));
  }

  private HttpResponse<String> post(String path, String document) {
    return service.send(
        service
            .to(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(document)));
  }

  private HttpRequest.Builder tus(String path) {
    return service.to(path).header("Tus-Resumable", "1.0.0");
  }
}
