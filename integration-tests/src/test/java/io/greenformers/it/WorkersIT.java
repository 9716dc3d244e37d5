package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.client.Compression;
import io.greenformers.client.CompressionRequest;
import io.greenformers.client.CompressionState;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.Model;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** API and workers as processes of their own on one PostgreSQL. */
final class WorkersIT {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Longer than the lease of 15 s and the search for dead workers every 10 s. */
  private static final Duration TAKEN_OVER = Duration.ofSeconds(40);

  private static final Duration CANCELLED = Duration.ofSeconds(10);

  @TempDir static Path directory;

  private static RunningPostgres postgres;
  private static RunningService api;
  private static GreenformersClient client;

  @BeforeAll
  static void start() throws Exception {
    postgres = RunningPostgres.start(directory.resolve("postgres"));
    api = start("api", "--greenformers.roles=api");
    client = api.client();
  }

  @AfterAll
  static void stop() throws Exception {
    api.close();
    postgres.close();
  }

  private static RunningService start(String name, String... settings) {
    List<String> all = new ArrayList<>(Arrays.asList(postgres.settings()));
    all.add("--greenformers.store.directory=" + directory.resolve("store"));
    all.add("--greenformers.parallel-stages=1");
    all.addAll(Arrays.asList(settings));
    return RunningService.start(directory.resolve(name), all.toArray(new String[0]));
  }

  private static RunningService worker(String name) {
    return start(name, "--greenformers.roles=worker");
  }

  @Test
  void aWorkerThatWasStoppedForLongerThanItsLeaseCannotWriteItsResult() throws Exception {
    Model model = client.uploadModel(MainJobIT.BERT);
    try (RunningService stopped = worker("stopped")) {
      String id = compress(model);
      Waiting.until(() -> !stopped.children().isEmpty(), PATIENCE);
      stopped.signal("STOP");
      String attempt = "select attempt from compression where id = '%s'".formatted(id);
      long its = postgres.count(attempt);
      try (RunningService other = worker("other")) {
        Waiting.until(() -> !other.children().isEmpty(), TAKEN_OVER);
        assertThat(postgres.count(attempt)).isGreaterThan(its);
        stopped.signal("CONT");
        // noticed within two seconds, asked to end, killed five seconds later
        Waiting.until(() -> stopped.children().isEmpty(), CANCELLED);
        Compression done = client.await(id, PATIENCE, now -> {});
        assertThat(done.state()).as("%s", done).isEqualTo(CompressionState.SUCCEEDED);
        client.downloadAll(done, directory.resolve("out"));
        assertThat(
                postgres.count(
                    "select count(*) - count(distinct name) from compression_artifact where compression_id = '%s'"
                        .formatted(id)))
            .isZero();
      }
    }
  }

  @Test
  void aCancelledStageHasNoChildTenSecondsLaterThoughTheWorkerIsElsewhere() throws Exception {
    Model model = client.uploadModel(MainJobIT.BERT);
    try (RunningService worker = worker("cancelled")) {
      String id = compress(model);
      Waiting.until(() -> !worker.children().isEmpty(), PATIENCE);
      assertThat(client.cancel(id).state()).isEqualTo(CompressionState.CANCELLED);
      Waiting.until(() -> worker.children().isEmpty(), CANCELLED);
    }
  }

  @Test
  void aWorkerThatIsAskedToEndGivesItsStageBack() throws Exception {
    Model model = client.uploadModel(MainJobIT.BERT);
    String id;
    try (RunningService ending = worker("ending")) {
      id = compress(model);
      Waiting.until(() -> !ending.children().isEmpty(), PATIENCE);
    }
    assertThat(client.compression(id).state()).isEqualTo(CompressionState.QUEUED);
    assertThat(postgres.count("select count(*) from scheduled_tasks where picked")).isZero();
    try (RunningService next = worker("next")) {
      Compression done = client.await(id, PATIENCE, now -> {});
      assertThat(done.state()).as("%s", done).isEqualTo(CompressionState.SUCCEEDED);
    }
  }

  private static String compress(Model model) {
    return client
        .compress(
            CompressionRequest.of(model.id())
                .sizeRatio(0.8)
                .latencyGrid(List.of(1), List.of(8))
                .build())
        .id();
  }
}
