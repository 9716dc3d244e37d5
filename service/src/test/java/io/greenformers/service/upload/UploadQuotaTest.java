package io.greenformers.service.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.service.TestService;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What resumable uploads take of a tenant's room. */
final class UploadQuotaTest {
  private static final int ROOM = 1000;
  private static final int MORE_THAN_HALF = 600;

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
