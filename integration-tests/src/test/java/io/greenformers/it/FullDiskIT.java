package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.client.Compression;
import io.greenformers.client.CompressionState;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.Model;
import io.greenformers.client.RetryPolicy;
import io.greenformers.client.ServiceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disk of the service, its database included, really fills up, again and again, with a few
 * bytes to spare or none: whatever is written then. Short in the build; {@code
 * -Dgreenformers.campaign=long} fills it 50 times.
 */
@Timeout(3600)
final class FullDiskIT {
  private static final long SEED = 23;
  private static final int TIMES =
      "long".equals(System.getProperty("greenformers.campaign")) ? 50 : 3;
  private static final int MEGABYTES = 64;
  private static final int MOST_FREE = 1 << 20;
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration MOST_RETURN = Duration.ofSeconds(10);

  @TempDir Path directory;

  private final Random random = new Random(SEED);
  private final Map<String, Path> uploaded = new HashMap<>();
  private final List<String> acknowledged = new ArrayList<>();
  private SmallDisk disk;
  private int refused;
  private Duration longestReturn = Duration.ZERO;

  @BeforeEach
  void mount() throws Exception {
    disk = SmallDisk.mount(Files.createDirectory(directory.resolve("disk")), MEGABYTES);
  }

  @AfterEach
  void unmount() throws Exception {
    disk.close();
  }

  @Test
  void whatDoesNotFitIsRefusedAndAllGoesOnOnceThereIsRoom() throws Exception {
    Path data = disk.root();
    // without the reserve, which would refuse before the disk does
    try (RunningService service =
        RunningService.start(data, "--greenformers.limits.free-disk=0B")) {
      Model first = upload(service, 0).orElseThrow();
      for (int time = 1; time <= TIMES; time++) {
        disk.fill(random.nextInt(4) == 0 ? 0 : random.nextInt(MOST_FREE));
        upload(service, time);
        compress(service, first);
        // while stages run into it
        Thread.sleep(random.nextInt(3000));
        upload(service, TIMES + time);
        disk.free();
        Model next = awaitUpload(service, 2 * TIMES + time);
        assertThat(compress(service, next)).as("seed %d, time %d", SEED, time).isPresent();
      }
      assertThat(refused).as("what was refused").isPositive();
      assertAllIsThere(service, data.resolve("artifacts"));
    }
  }

  private Optional<Model> upload(RunningService service, int number) throws IOException {
    Path file =
        Files.write(directory.resolve(number + ".onnx"), DistinctModels.model(SEED, number));
    try (GreenformersClient client = client(service)) {
      Optional<Model> model = unlessFull(() -> client.uploadModel(file));
      model.ifPresent(m -> uploaded.put(m.id(), file));
      return model;
    }
  }

  /** What writes is refused until the reserve is there again. */
  private Model awaitUpload(RunningService service, int number) throws Exception {
    Instant room = Instant.now();
    Optional<Model> model = upload(service, number);
    while (model.isEmpty() && since(room).compareTo(MOST_RETURN) < 0) {
      Thread.sleep(50);
      model = upload(service, number);
    }
    longestReturn = longestReturn.compareTo(since(room)) > 0 ? longestReturn : since(room);
    return model.orElseThrow(() -> new AssertionError("still refused after " + MOST_RETURN));
  }

  private static Duration since(Instant start) {
    return Duration.between(start, Instant.now());
  }

  private Optional<Compression> compress(RunningService service, Model model) {
    try (GreenformersClient client = client(service)) {
      Optional<Compression> compression =
          unlessFull(() -> client.compress(QuickRequest.of(model.id())));
      compression.ifPresent(c -> acknowledged.add(c.id()));
      return compression;
    }
  }

  private static GreenformersClient client(RunningService service) {
    return GreenformersClient.builder().baseUrl(service.url()).retries(RetryPolicy.NEVER).build();
  }

  private <T> Optional<T> unlessFull(Supplier<T> request) {
    try {
      return Optional.of(request.get());
    } catch (ServiceException e) {
      assertThat(e.status()).as(e.toString()).isEqualTo(507);
      assertThat(e.code()).isEqualTo("disk-full");
      refused++;
      return Optional.empty();
    }
  }

  private void assertAllIsThere(RunningService service, Path store) throws Exception {
    int ended = 0;
    try (GreenformersClient client = service.client()) {
      for (Map.Entry<String, Path> model : uploaded.entrySet()) {
        assertThat(client.model(model.getKey()).id()).isEqualTo(model.getKey());
        String sha256 = sha256(model.getValue());
        assertThat(sha256(store.resolve(sha256.substring(0, 2)).resolve(sha256.substring(2))))
            .isEqualTo(sha256);
      }
      for (String id : acknowledged) {
        Compression done = client.await(id, PATIENCE, now -> {});
        if (done.state() == CompressionState.SUCCEEDED) {
          client.downloadAll(done, directory.resolve(id));
          ended++;
        } else {
          assertThat(done.code()).as("%s", done).contains("disk-full");
        }
      }
    }
    System.out.printf(
        "disk filled %d times: %d requests refused, serving again after %s at most, %d models kept, %d of %d compressions succeeded, the others failed for want of disk%n",
        TIMES, refused, longestReturn, uploaded.size(), ended, acknowledged.size());
    assertThat(ended).isGreaterThanOrEqualTo(TIMES);
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
