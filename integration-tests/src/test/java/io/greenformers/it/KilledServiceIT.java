package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.client.Compression;
import io.greenformers.client.CompressionRequest;
import io.greenformers.client.CompressionState;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.Model;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code kill -9} in the middle of the work. */
final class KilledServiceIT {
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @TempDir Path directory;

  @Test
  void whatWasAcknowledgedGoesOnInTheNextService() throws Exception {
    Path data = directory.resolve("data");
    Model model;
    String id;
    List<ProcessHandle> children;
    try (RunningService service = RunningService.start(data)) {
      GreenformersClient client = service.client();
      model = client.uploadModel(MainJobIT.BERT);
      id =
          client
              .compress(
                  CompressionRequest.of(model.id())
                      .sizeRatio(0.8)
                      .latencyGrid(List.of(1), List.of(8))
                      .build())
              .id();
      CompletableFuture<Compression> following = awaitChild(client, service, id);
      following.get(1, TimeUnit.MINUTES);
      children = service.children();
      service.kill();
    }
    for (ProcessHandle child : children) {
      // a child notices the end of its standard input
      child.onExit().get(20, TimeUnit.SECONDS);
    }
    try (RunningService next = RunningService.start(data)) {
      GreenformersClient client = next.client();
      assertThat(client.model(model.id())).isEqualTo(model);
      Compression done = client.await(id, PATIENCE, now -> {});
      assertThat(done.state()).as("%s", done).isEqualTo(CompressionState.SUCCEEDED);
      client.downloadAll(done, directory.resolve("out"));
    }
  }

  /** Done once the compression has a child at work. */
  private static CompletableFuture<Compression> awaitChild(
      GreenformersClient client, RunningService service, String id) {
    CompletableFuture<Compression> working = new CompletableFuture<>();
    CompletableFuture<Compression> end =
        client
            .async()
            .follow(
                id,
                now -> {
                  if (now.state() == CompressionState.RUNNING && !service.children().isEmpty()) {
                    working.complete(now);
                  }
                });
    return working.applyToEither(end, now -> now);
  }
}
