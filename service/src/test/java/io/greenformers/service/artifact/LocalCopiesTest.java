package io.greenformers.service.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalCopiesTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir Path directory;

  @Test
  void makesRoomByWhatWasUsedLongestAgo() throws Exception {
    MovingClock clock = new MovingClock();
    LocalCopies copies = new LocalCopies(directory, 25, clock.asClock());
    keep(copies, "first");
    keep(copies, "second");
    clock.now = NOW.plus(Duration.ofHours(2));
    assertThat(copies.find("first")).isPresent();
    keep(copies, "third");
    assertThat(copies.find("second")).isEmpty();
    assertThat(copies.find("first")).isPresent();
    assertThat(directory.resolve("second")).doesNotExist();
  }

  @Test
  void keepsWhatWasAskedForLatelyThoughThereIsNoRoom() throws Exception {
    LocalCopies copies = new LocalCopies(directory, 15, Clock.fixed(NOW, ZoneOffset.UTC));
    keep(copies, "first");
    keep(copies, "second");
    assertThat(copies.find("first")).isPresent();
    assertThat(copies.find("second")).isPresent();
  }

  /** Ten bytes. */
  private void keep(LocalCopies copies, String name) throws IOException {
    copies.keep(Files.write(directory.resolve("new"), new byte[10]), name);
  }

  private static final class MovingClock {
    private Instant now = NOW;

    Clock asClock() {
      return new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return now;
        }
      };
    }
  }
}
