package io.greenformers.core.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ResidentPagesTest {
  private static final int BYTES = 4 << 20;

  /** Of the edges, which may share pages with something else. */
  private static final int MOST_LEFT_KB = 2 * 64;

  @TempDir Path directory;

  @Test
  void releasedPagesAreNotResidentAndReadTheSameAgain() throws Exception {
    byte[] content = new byte[BYTES];
    new Random(5).nextBytes(content);
    Path file = Files.write(directory.resolve("released.bin"), content);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mapped = map(file, arena);
      assertThat(mapped.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(content);
      assertResident(file, BYTES / 1024, BYTES / 1024);
      ResidentPages.release(mapped.asSlice(1000, BYTES - 3000));
      assertResident(file, 0, MOST_LEFT_KB);
      assertThat(mapped.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(content);
    }
  }

  @Test
  void whatIsNoMappedFileIsLeft() {
    byte[] content = new byte[BYTES];
    new Random(6).nextBytes(content);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(BYTES, 1 << 16);
      memory.copyFrom(MemorySegment.ofArray(content));
      ResidentPages.release(memory);
      ResidentPages.release(memory.asReadOnly());
      assertThat(memory.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(content);
      assertThatCode(() -> ResidentPages.release(MemorySegment.ofArray(content)))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void aMappingThatCanBeWrittenIsLeft() throws Exception {
    Path file = Files.write(directory.resolve("written.bin"), new byte[BYTES]);
    try (Arena arena = Arena.ofConfined();
        FileChannel channel =
            FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MemorySegment copy = channel.map(MapMode.PRIVATE, 0, BYTES, arena);
      copy.fill((byte) 7);
      ResidentPages.release(copy);
      assertThat(copy.toArray(ValueLayout.JAVA_BYTE)).containsOnly(7);
    }
  }

  private static MemorySegment map(Path file, Arena arena) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
    }
  }

  private static void assertResident(Path file, long least, long most) throws IOException {
    Path maps = Path.of("/proc/self/smaps");
    Assumptions.assumeTrue(
        Files.isReadable(maps), "skipped: this system does not tell what is resident");
    List<String> lines = Files.readAllLines(maps);
    long resident = 0;
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).endsWith(file.getFileName().toString())) {
        String rss =
            lines.subList(i, lines.size()).stream()
                .filter(l -> l.startsWith("Rss:"))
                .findFirst()
                .orElseThrow();
        resident += Long.parseLong(rss.replaceAll("[^0-9]", ""));
      }
    }
    assertThat(resident).isBetween(least, most);
  }
}
