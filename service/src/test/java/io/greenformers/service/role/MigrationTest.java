package io.greenformers.service.role;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Migrating without serving. */
final class MigrationTest {
  @TempDir Path directory;

  @Test
  void aDatabaseIsMigratedOnceAndThenLeftAsItIs() {
    String data = "--greenformers.data=" + directory;
    assertThat(Migration.run(data)).isZero();
    assertThat(Migration.run(data)).isZero();
    assertThat(directory.resolve("db/greenformers.mv.db")).exists();
  }

  @Test
  void aDatabaseThatIsNotThereIsAnError() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "no directory");
    assertThat(Migration.run("--greenformers.data=" + file)).isEqualTo(1);
  }
}
