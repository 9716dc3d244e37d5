package io.greenformers.service.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.service.artifact.UploadException.Fault;
import io.greenformers.service.settings.DataDirectory;
import io.greenformers.service.settings.ServiceSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

final class FileArtifactStoreTest extends ArtifactStoreContract {
  private @Nullable DataDirectory owned;

  @Override
  ArtifactStore store() throws IOException {
    return store(0);
  }

  private ArtifactStore store(long freeDisk) throws IOException {
    ServiceSettings settings = settings(directory, freeDisk);
    if (owned == null) {
      owned = new DataDirectory(settings);
    }
    return new FileArtifactStore(
        owned, new StoreSettings(null, Duration.ofHours(1)), settings, ledger());
  }

  @AfterEach
  void release() throws IOException {
    if (owned != null) {
      owned.close();
    }
  }

  @Override
  long files() throws IOException {
    long files = 0;
    for (String place : new String[] {"artifacts", "work"}) {
      try (Stream<Path> all = Files.walk(directory.resolve(place))) {
        files += all.filter(Files::isRegularFile).count();
      }
    }
    return files;
  }

  @Test
  void leavesRoomOnTheDisk() throws Exception {
    ArtifactStore store = store(Long.MAX_VALUE / 2);
    assertThatThrownBy(
            () -> store.put(new ByteArrayInputStream(new byte[10]), 10, Optional.empty()))
        .isInstanceOfSatisfying(
            UploadException.class, e -> assertThat(e.fault()).isEqualTo(Fault.DISK_FULL));
    assertThat(files()).isZero();
  }

  static ServiceSettings settings(Path directory, long freeDisk) {
    return new ServiceSettings(
        directory,
        null,
        null,
        1,
        new ServiceSettings.Engine(
            DataSize.ofGigabytes(1), null, Duration.ofHours(1), Duration.ofMinutes(1)),
        new ServiceSettings.Limits(DataSize.ofBytes(MOST_BYTES), DataSize.ofBytes(freeDisk)),
        null,
        false);
  }
}
