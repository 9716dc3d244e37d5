package io.greenformers.service.limit;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.kagkarlsson.scheduler.Scheduler;
import io.greenformers.service.TestService;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What one tenant may have at once, in a service whose workers do not come to it. */
final class LimitsTest {
  private static final int MOST_COMPRESSIONS = 3;
  private static final int AT_ONCE = 12;
  private static final int HANGS_UP_WITHIN_MILLIS = 5000;

  @TempDir static Path directory;

  private static TestService service;
  private static String model;

  @BeforeAll
  static void start() {
    service =
        TestService.start(
            directory,
            "--greenformers.limits.tenant.compressions=" + MOST_COMPRESSIONS,
            "--greenformers.limits.tenant.stored=1000B");
    service.bean(Scheduler.class).pause();
    String place = upload(10).headers().firstValue("Location").orElseThrow();
    model = place.substring("/v1/models/".length());
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static HttpResponse<String> upload(int bytes) {
    return service.send(
        service
            .to("/v1/models")
            .header("Content-Type", "application/octet-stream")
            .POST(BodyPublishers.ofString("x".repeat(bytes))));
  }

  @Test
  void theLastPlaceIsTakenOnce() throws Exception {
    Callable<HttpResponse<String>> compress = LimitsTest::compress;
    List<HttpResponse<String>> answers = new ArrayList<>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<HttpResponse<String>> answer :
          callers.invokeAll(Collections.nCopies(AT_ONCE, compress))) {
        answers.add(answer.get());
      }
    }
    assertThat(answers.stream().filter(a -> a.statusCode() == 202)).hasSize(MOST_COMPRESSIONS);
    assertThat(answers.stream().filter(a -> a.statusCode() != 202))
        .allSatisfy(refused -> {
          assertThat(refused.statusCode()).isEqualTo(429);
          assertThat(refused.body()).contains("too-many-compressions").contains("cancel one");
          assertThat(refused.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
        });
  }

  private static HttpResponse<String> compress() {
    return service.send(
        service
            .to("/v1/compressions")
            .header("Content-Type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    "{\"model\": \"%s\", \"budget\": {\"sizeRatio\": 0.5}}".formatted(model))));
  }

  @Test
  void whatIsBeyondTheQuotaIsRefusedAndSaysWhatToDo() {
    assertThat(upload(900).statusCode()).isEqualTo(201);
    HttpResponse<String> refused = upload(200);
    assertThat(refused.statusCode()).isEqualTo(413);
    assertThat(refused.body())
        .contains("tenant-storage-full")
        .contains("greenformers.limits.tenant.stored");
  }

  @Test
  void aDocumentIsBounded() {
    HttpResponse<String> refused =
        service.send(
            service
                .to("/v1/keys")
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofString(
                        "{\"name\": \"" + "x".repeat((int) RequestBodies.LARGEST_DOCUMENT))));
    assertThat(refused.statusCode()).isEqualTo(413);
  }

  /** The client sends a byte a second, so that no single pause is long. */
  @Test
  void aTrickleIsCutOff() throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port())) {
      String head =
          """
          POST /v1/models HTTP/1.1\r
          Host: localhost:%d\r
          Content-Type: application/octet-stream\r
          Content-Length: 80\r
          \r
          """
              .formatted(service.port());
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      Thread.ofVirtual().start(() -> trickle(socket));
      byte[] answer = socket.getInputStream().readNBytes("HTTP/1.1 408".length());
      assertThat(new String(answer, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 408");
      assertHangsUp(socket);
    }
  }

  /** The rest of the body is not waited for. */
  private static void assertHangsUp(Socket socket) throws IOException {
    socket.setSoTimeout(HANGS_UP_WITHIN_MILLIS);
    try {
      socket.getInputStream().readAllBytes();
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the connection is still open", e);
    } catch (SocketException e) {
      // reset, since it still sends: as good as closed
    }
  }

  private static void trickle(Socket socket) {
    try {
      for (int i = 0; i < 120; i++) {
        socket.getOutputStream().write('x');
        Thread.sleep(1000);
      }
    } catch (IOException | InterruptedException e) {
      // it was cut off
    }
  }
}
