package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.client.Compression;
import io.greenformers.client.CompressionRequest;
import io.greenformers.client.CompressionState;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.GreenformersException;
import io.greenformers.client.Model;
import io.greenformers.client.Ranks;
import io.greenformers.client.RetryPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The database is stopped as if the power went, under load, and comes back. */
@Timeout(600)
final class RestartedPostgresIT {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration MOST_RETURN = Duration.ofSeconds(10);
  private static final int RESTARTS = 3;

  @TempDir Path directory;

  @Test
  void losesNothingThatWasAcknowledgedAndServesAgainWithinTenSeconds() throws Exception {
    try (RunningPostgres postgres = RunningPostgres.start(directory.resolve("postgres"));
        RunningService service =
            RunningService.start(directory.resolve("data"), postgres.settings())) {
      GreenformersClient client = service.client();
      Model model = client.uploadModel(MainJobIT.BERT);
      Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
      AtomicBoolean loading = new AtomicBoolean(true);
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < 4; i++) {
          threads.execute(() -> load(client, model, acknowledged, loading));
        }
        try {
          for (int i = 0; i < RESTARTS; i++) {
            Thread.sleep(3000);
            restart(postgres, service, i);
          }
        } finally {
          loading.set(false);
        }
      }
      for (String id : acknowledged) {
        assertThat(client.compression(id).id()).isEqualTo(id);
      }
      // all of them would take long: one to its end says that the workers work
      String first = acknowledged.element();
      acknowledged.stream().skip(1).forEach(id -> cancel(client, id));
      Compression done = client.await(first, PATIENCE, now -> {});
      assertThat(done.state()).as("%s", done).isEqualTo(CompressionState.SUCCEEDED);
      System.out.printf(
          "PostgreSQL restarts: %d compressions acknowledged, all there%n", acknowledged.size());
    }
  }

  private static void restart(RunningPostgres postgres, RunningService service, int number)
      throws Exception {
    postgres.stopImmediately();
    Thread.sleep(1000);
    postgres.startAgain();
    Instant back = Instant.now();
    awaitAnswer(service);
    Duration took = Duration.between(back, Instant.now());
    System.out.printf("PostgreSQL restart %d: serving again after %s%n", number, took);
    assertThat(took).isLessThan(MOST_RETURN);
  }

  private static void load(
      GreenformersClient client, Model model, Queue<String> acknowledged, AtomicBoolean loading) {
    while (loading.get()) {
      try {
        acknowledged.add(
            client
                .compress(
                    CompressionRequest.of(model.id())
                        .ranks(Ranks.uniform(0.5))
                        .latencyGrid(List.of(1), List.of(8))
                        .build())
                .id());
        Thread.sleep(200);
      } catch (GreenformersException e) {
        // not acknowledged
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static void cancel(GreenformersClient client, String id) {
    try {
      client.cancel(id);
    } catch (GreenformersException e) {
      // it was faster
    }
  }

  private static void awaitAnswer(RunningService service) throws InterruptedException {
    GreenformersClient impatient =
        GreenformersClient.builder()
            .baseUrl(service.url())
            .retries(RetryPolicy.NEVER)
            .timeout(Duration.ofSeconds(2))
            .build();
    while (true) {
      try {
        impatient.compressions(1);
        return;
      } catch (GreenformersException e) {
        Thread.sleep(50);
      }
    }
  }
}
