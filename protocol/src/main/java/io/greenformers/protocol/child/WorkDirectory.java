package io.greenformers.protocol.child;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** The private directory of one child; closing deletes it with all that the child left there. */
record WorkDirectory(Path path, BoundedLog log) implements AutoCloseable {

  static WorkDirectory create(Path temporary, BoundedLog log) throws IOException {
    return new WorkDirectory(Files.createTempDirectory(temporary, "greenformers-child-"), log);
  }

  @Override
  public void close() {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      log.add("the working directory of a child could not be deleted: " + e.getMessage());
    }
  }
}
