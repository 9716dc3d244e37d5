package io.greenformers.engine.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class WatchedRowsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final int ROWS = 1000;

  @TempDir Path directory;

  @Test
  void givesTheRowsOfTheReaderInTheirOrder() throws Exception {
    Path file = Files.writeString(directory.resolve("t"), "text\tlabel\n" + "a\t1\n".repeat(ROWS));
    try (RowReader rows = new WatchedRows(() -> new TsvRows(file), PATIENCE)) {
      assertThat(rows.columns()).containsExactly("text", "label");
      for (int i = 0; i < ROWS; i++) {
        assertThat(rows.next().map(Row::line)).contains(i + 2L);
      }
      assertThat(rows.next()).isEmpty();
      assertThat(rows.next()).isEmpty();
    }
  }

  @Test
  void throwsWhatTheReaderThrows() throws Exception {
    Path file = Files.write(directory.resolve("t"), new byte[] {'a', '\n', (byte) 0xff});
    assertThatThrownBy(() -> new WatchedRows(() -> new TsvRows(file), PATIENCE).next())
        .isInstanceOf(InvalidDatasetException.class);
    assertThatThrownBy(
            () -> new WatchedRows(() -> new TsvRows(directory.resolve("absent")), PATIENCE))
        .isInstanceOf(IOException.class);
  }

  @Test
  @Timeout(10)
  void givesUpOnAReaderThatNeverAnswers() {
    CountDownLatch never = new CountDownLatch(1);
    WatchedRows.Opening stuck =
        () -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          throw new IOException("was interrupted");
        };
    assertThatThrownBy(() -> new WatchedRows(stuck, SHORT))
        .isInstanceOfSatisfying(
            InvalidDatasetException.class,
            e -> assertThat(e.code()).isEqualTo("dataset-malformed"));
    never.countDown();
  }
}
