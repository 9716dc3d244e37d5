package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.client.Dataset;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.Transfer;
import io.greenformers.client.TransferListener;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Uploads that break off, however they do, go on where they were. */
@Timeout(600)
final class ResumableUploadIT {
  private static final int BYTES = 24 << 20;
  private static final int FEW = 5;
  private static final int CUTS = 200;
  private static final long SEED = 17;

  /** After the second chunk of the client. */
  private static final long MIDDLE = 16 << 20;

  private static final String BROKEN_OFF = "the first process ends here";

  @TempDir Path directory;

  private final Random random = new Random(SEED);
  private final byte[] content = new byte[BYTES];
  private final HttpClient http = HttpClient.newHttpClient();
  private RunningService service;

  @BeforeEach
  void start() {
    random.nextBytes(content);
    service = RunningService.start(directory.resolve("data"));
  }

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void anUploadThatIsCutAtTwoHundredOffsetsIsWhole() throws Exception {
    String upload = create();
    long before = 0;
    for (int i = 0; i < CUTS; i++) {
      int offset = offset(upload);
      assertThat(offset).as("seed %d, cut %d", SEED, i).isGreaterThanOrEqualTo((int) before);
      cut(upload, offset, random.nextInt(2 * BYTES / CUTS), Optional.empty());
      before = offset;
    }
    finish(upload);
  }

  @Test
  void aServiceThatIsKilledInTheMiddleOfAChunkKeepsWhatItSaysItHas() throws Exception {
    String upload = create();
    for (int i = 0; i < 3; i++) {
      int offset = offset(upload);
      try (Socket socket = send(upload, offset, 1 << 20, Optional.empty())) {
        awaitMoreThan(offset);
        service.kill();
      }
      service = RunningService.start(directory.resolve("data"));
      assertThat(offset(upload)).as("seed %d, kill %d", SEED, i).isGreaterThan(offset);
    }
    finish(upload);
  }

  @Test
  void bytesWithAChecksumCountOnceItWasChecked() throws Exception {
    String upload = create();
    byte[] first = Arrays.copyOf(content, 1 << 20);
    assertThat(patch(upload, 0, first, "sha256 " + digest(content)).statusCode()).isEqualTo(460);
    assertThat(offset(upload)).isZero();
    assertThat(patch(upload, 0, first, "sha256 " + digest(first)).statusCode()).isEqualTo(204);
    try (Socket socket = send(upload, first.length, 1 << 20, Optional.of(digest(content)))) {
      awaitMoreThan(first.length);
      service.kill();
    }
    service = RunningService.start(directory.resolve("data"));
    assertThat(offset(upload)).isEqualTo(first.length);
    finish(upload);
  }

  @Test
  void theClientSendsLargeFilesSoAndGoesOnWithoutMemoryOfTheLastOne() throws Exception {
    Path file = Files.write(directory.resolve("large.txt"), content);
    try (GreenformersClient first = client(ResumableUploadIT::failInTheMiddle)) {
      assertThatThrownBy(() -> first.uploadDataset(file)).hasMessage(BROKEN_OFF);
    }
    List<Long> told = new ArrayList<>();
    try (GreenformersClient next = client(transfer -> told.add(transfer.bytes()))) {
      Dataset dataset = next.uploadDataset(file);
      assertThat(dataset.id()).isEqualTo("sha256:" + hex());
      assertThat(told.get(1)).as("sent by the first already").isEqualTo(MIDDLE);
      assertThat(next.uploadDataset(file)).isEqualTo(dataset);
    }
  }

  private GreenformersClient client(TransferListener listener) {
    return GreenformersClient.builder().baseUrl(service.url()).transferListener(listener).build();
  }

  private static void failInTheMiddle(Transfer transfer) {
    if (transfer.bytes() >= MIDDLE) {
      throw new IllegalStateException(BROKEN_OFF);
    }
  }

  @Test
  void anUploadThatWasEndedIsNotThere() throws Exception {
    String upload = create();
    assertThat(send("DELETE", upload).statusCode()).isEqualTo(204);
    assertThat(send("HEAD", upload).statusCode()).isEqualTo(404);
  }

  private String create() throws Exception {
    HttpRequest request =
        tus("/v1/uploads")
            .header("Upload-Length", Integer.toString(BYTES))
            .POST(BodyPublishers.noBody())
            .build();
    HttpResponse<Void> created = http.send(request, BodyHandlers.discarding());
    assertThat(created.statusCode()).isEqualTo(201);
    return created.headers().firstValue("Location").orElseThrow();
  }

  /** Sends the rest, and makes a dataset of it. */
  private void finish(String upload) throws Exception {
    int status = sendRest(upload);
    for (int i = 0; i < FEW && status != 204; i++) {
      status = sendRest(upload);
    }
    assertThat(status).isEqualTo(204);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(service.url() + "/v1/datasets"))
            .header("Content-Type", "application/json")
            .POST(
                BodyPublishers.ofString(
                    "{\"upload\":\"%s\"}".formatted(upload.substring(upload.lastIndexOf('/') + 1))))
            .build();
    HttpResponse<String> made = http.send(request, BodyHandlers.ofString());
    assertThat(made.body()).contains("sha256:" + hex());
  }

  /**
   * The status of sending it, as a tus client does: a request that was hung up on may still hold
   * the upload, and what it was refused for came while the body was still on its way.
   */
  private int sendRest(String upload) throws Exception {
    int offset = offset(upload);
    byte[] rest = Arrays.copyOfRange(content, offset, BYTES);
    try {
      return patch(upload, offset, rest, "sha256 " + digest(rest)).statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  private HttpResponse<Void> patch(String upload, int offset, byte[] bytes, String checksum)
      throws Exception {
    HttpRequest request =
        tus(upload)
            .header("Content-Type", "application/offset+octet-stream")
            .header("Upload-Offset", Integer.toString(offset))
            .header("Upload-Checksum", checksum)
            .method("PATCH", BodyPublishers.ofByteArray(bytes))
            .build();
    return http.send(request, BodyHandlers.discarding());
  }

  /** Sends some of the rest that it announces, and hangs up. */
  private void cut(String upload, int offset, int count, Optional<String> checksum)
      throws IOException {
    send(upload, offset, Math.min(count, BYTES - offset - 1), checksum).close();
  }

  private Socket send(String upload, int offset, int count, Optional<String> checksum)
      throws IOException {
    URI uri = URI.create(service.url() + upload);
    Socket socket = new Socket(uri.getHost(), uri.getPort());
    OutputStream out = socket.getOutputStream();
    String head =
        "PATCH %s HTTP/1.1\r\nHost: %s\r\nTus-Resumable: 1.0.0\r\nContent-Type: application/offset+octet-stream\r\nUpload-Offset: %d\r\nContent-Length: %d\r\n%s\r\n"
            .formatted(
                uri.getPath(),
                uri.getHost(),
                offset,
                BYTES - offset,
                checksum.map(c -> "Upload-Checksum: sha256 " + c + "\r\n").orElse(""));
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    out.write(content, offset, count);
    out.flush();
    return socket;
  }

  /** Until the file of the one upload that there is has grown: nobody is asked. */
  private void awaitMoreThan(long offset) throws Exception {
    while (largest() <= offset) {
      Thread.sleep(10);
    }
  }

  private long largest() throws IOException {
    try (var files = Files.list(directory.resolve("data/uploads"))) {
      return files.mapToLong(f -> f.toFile().length()).max().orElse(0);
    }
  }

  /** Asked again while the service has not noticed that the last sender hung up. */
  private int offset(String upload) throws Exception {
    while (true) {
      HttpResponse<Void> response = send("HEAD", upload);
      if (response.statusCode() != 423) {
        assertThat(response.statusCode()).isEqualTo(200);
        return (int) response.headers().firstValueAsLong("Upload-Offset").orElseThrow();
      }
      Thread.sleep(20);
    }
  }

  private HttpResponse<Void> send(String method, String upload) throws Exception {
    return http.send(
        tus(upload).method(method, BodyPublishers.noBody()).build(), BodyHandlers.discarding());
  }

  private HttpRequest.Builder tus(String path) {
    return HttpRequest.newBuilder(URI.create(service.url() + path))
        .header("Tus-Resumable", "1.0.0");
  }

  private String digest(byte[] bytes) throws Exception {
    return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private String hex() throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
  }
}
