package io.greenformers.service.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.service.artifact.UploadException.Fault;
import io.greenformers.service.settings.ServiceSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

final class FileArtifactStoreTest extends ArtifactStoreContract {
  @Override
  ArtifactStore store() throws IOException {
    return store(0);
  }

  private ArtifactStore store(long freeDisk) throws IOException {
    return new FileArtifactStore(directory.resolve("artifacts"), limits(freeDisk), ledger());
  }

  @Override
  void spoil(StoredArtifact stored, String bytes) throws IOException {
    Files.writeString(store().file(stored), bytes);
  }

  @Override
  long files() throws IOException {
    try (Stream<Path> all = Files.walk(directory.resolve("artifacts"))) {
      return all.filter(Files::isRegularFile).count();
    }
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

  static ServiceSettings.Limits limits(long freeDisk) {
    return new ServiceSettings.Limits(
        DataSize.ofBytes(MOST_BYTES), DataSize.ofBytes(freeDisk), Duration.ofDays(1));
  }
}
