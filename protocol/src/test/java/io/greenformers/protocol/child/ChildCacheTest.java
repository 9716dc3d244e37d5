package io.greenformers.protocol.child;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChildCacheTest {
  @TempDir Path directory;

  @Test
  void isCreatedForItsUserOnly() throws Exception {
    Path cache = directory.resolve("a").resolve("cache");
    assertThat(ChildCache.of(settings(cache, "x.jar"))).isPresent();
    assertThat(Files.getPosixFilePermissions(cache)).hasSize(3);
  }

  @Test
  void isNoneWhereItCannotBeWritten() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "");
    assertThat(ChildCache.of(settings(file, "x.jar"))).isEmpty();
    assertThat(ChildCache.of(settings(file.resolve("below"), "x.jar"))).isEmpty();
  }

  @Test
  void keepsClassesOfJarsOnly() {
    assertThat(classes("x.jar")).isPresent();
    assertThat(classes("lib/*")).isPresent().isNotEqualTo(classes("x.jar"));
    assertThat(classes("target/classes")).isEmpty();
  }

  private Optional<Path> classes(String entry) {
    ChildSettings settings = settings(directory, entry);
    return ChildCache.of(settings).orElseThrow().classes(settings, Stage.INSPECT);
  }

  private static ChildSettings settings(Path cache, String entry) {
    return new ChildSettings(Path.of("java"), List.of(entry), 64, Duration.ZERO, Duration.ZERO, 1)
        .withCache(Optional.of(cache));
  }
}
