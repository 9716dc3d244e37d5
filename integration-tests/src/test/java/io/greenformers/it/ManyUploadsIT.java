package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * Large uploads at the same time, to a service with 256 MB of heap: none of them comes to the heap.
 * Short in the build; {@code -Dgreenformers.campaign=long} is 64 of 256 MB, which takes 16 GB of
 * disk.
 */
final class ManyUploadsIT {
  private static final boolean LONG = "long".equals(System.getProperty("greenformers.campaign"));
  private static final int UPLOADS = LONG ? 64 : 8;
  private static final long BYTES = (LONG ? 256L : 32L) << 20;

  /** {@link RunningService} starts it with so much. */
  private static final long HEAP = 256L << 20;

  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path directory;

  private final HttpClient http = HttpClient.newHttpClient();
  private final CyclicBarrier allBegun = new CyclicBarrier(UPLOADS);

  /** What one upload was, as both sides saw it. */
  private record Upload(String sent, String stored) {}

  @Test
  void areAllStoredAsTheyWereSentWithALittleHeap() throws Exception {
    Path data = directory.resolve("data");
    try (RunningService service =
            RunningService.start(data, "--greenformers.limits.free-disk=1MB");
        ProbedService probed = new ProbedService(service, "/v1/compressions")) {
      Instant start = Instant.now();
      List<Upload> uploads = uploadAll(service);
      Duration took = Duration.between(start, Instant.now());
      System.out.printf(
          "%d uploads of %d MB at once in %s, %.0f MB/s; heap at most %d MB, resident at most %d MB; meanwhile %s%n",
          UPLOADS,
          BYTES >> 20,
          took,
          UPLOADS * (BYTES / 1e6) / took.toMillis() * 1000,
          probed.mostHeap() >> 20,
          service.mostResident() >> 20,
          probed.latencies());
      assertThat(uploads).allSatisfy(u -> assertThat(u.stored()).isEqualTo(u.sent()));
      assertThat(probed.unanswered()).isZero();
      assertThat(probed.mostHeap()).isPositive().isLessThanOrEqualTo(HEAP);
      assertStored(data.resolve("artifacts"), uploads);
    }
  }

  private List<Upload> uploadAll(RunningService service) throws Exception {
    List<Future<Upload>> running = new ArrayList<>();
    List<Upload> uploads = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(UPLOADS)) {
      for (int i = 0; i < UPLOADS; i++) {
        int number = i;
        running.add(threads.submit(() -> upload(service, number)));
      }
      for (Future<Upload> upload : running) {
        uploads.add(upload.get());
      }
    }
    return uploads;
  }

  private Upload upload(RunningService service, int number) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    InputStream body = new DigestInputStream(new Body(number), digest);
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(URI.create(service.url() + "/v1/models"))
                .header("Content-Type", "application/octet-stream")
                .POST(BodyPublishers.ofInputStream(() -> body))
                .build(),
            BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    String stored = JSON.readTree(answer.body()).get("files").get(0).get("sha256").asString();
    return new Upload(HexFormat.of().formatHex(digest.digest()), stored);
  }

  /** Every object is what its name says. */
  private static void assertStored(Path store, List<Upload> uploads) throws Exception {
    Map<String, Path> objects = new HashMap<>();
    try (Stream<Path> files = Files.walk(store)) {
      files
          .filter(Files::isRegularFile)
          .forEach(f -> objects.put(store.relativize(f).toString().replace("/", ""), f));
    }
    assertThat(objects).hasSize(uploads.size());
    for (Upload upload : uploads) {
      assertThat(digest(Objects.requireNonNull(objects.get(upload.sent()))))
          .isEqualTo(upload.sent());
    }
  }

  private static String digest(Path file) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Bytes that differ from those of all others; after the first, it waits for all to be here. */
  private final class Body extends InputStream {
    private final int number;
    private long position;
    private boolean waited;

    Body(int number) {
      this.number = number;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException("read in blocks");
    }

    @Override
    public int read(byte[] block, int offset, int length) throws IOException {
      if (position == BYTES) {
        return -1;
      }
      if (position > 0 && !waited) {
        awaitAll();
      }
      int count = (int) Math.min(length, BYTES - position);
      for (int i = 0; i < count; i++) {
        long at = position + i;
        block[offset + i] = (byte) ((at * 31 + (at >>> 13)) ^ (number + 1) * (at >>> 7));
      }
      position += count;
      return count;
    }

    private void awaitAll() throws IOException {
      waited = true;
      try {
        allBegun.await(60, TimeUnit.SECONDS);
      } catch (Exception e) {
        throw new IOException("not all uploads have begun", e);
      }
    }
  }
}
