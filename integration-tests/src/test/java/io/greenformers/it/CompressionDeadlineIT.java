package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.client.Compression;
import io.greenformers.client.CompressionRequest;
import io.greenformers.client.CompressionState;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.Ranks;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An operator who allows a compression five seconds. */
final class CompressionDeadlineIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Looked at every two seconds, noticed within two more, killed five seconds later. */
  private static final Duration ENDED = Duration.ofSeconds(15);

  @TempDir Path directory;

  @Test
  void aCompressionThatTakesTooLongFailsByACodeOfItsOwnAndItsChildIsEnded() throws Exception {
    try (RunningService service =
        RunningService.start(directory.resolve("data"), "--greenformers.limits.compression=5s")) {
      GreenformersClient client = service.client();
      String model = client.uploadModel(MainJobIT.BERT).id();
      String id = client.compress(CompressionRequest.of(model).ranks(Ranks.full()).build()).id();
      Waiting.until(() -> client.compression(id).activity().isPresent(), PATIENCE);
      // whatever the child does, and however slow this machine is
      service.children().forEach(CompressionDeadlineIT::stop);
      Compression ended = client.await(id, PATIENCE, now -> {});
      assertThat(ended.state()).as("%s", ended).isEqualTo(CompressionState.FAILED);
      assertThat(ended.code()).contains("compression-deadline");
      Waiting.until(() -> service.children().isEmpty(), ENDED);
    }
  }

  private static void stop(ProcessHandle child) {
    try {
      RunningService.signal(child, "STOP");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
