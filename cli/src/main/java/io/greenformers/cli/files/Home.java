package io.greenformers.cli.files;

import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where Greenformers is built, and the Java that runs it; the launcher says so. */
public final class Home {
  private Home() {}

  public static Path path() {
    return Path.of(System.getProperty("greenformers.home", "")).toAbsolutePath().normalize();
  }

  public static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  /** The jar of a module, as the build leaves it. */
  public static Path jar(String module) throws IOException {
    Path target = path().resolve(module).resolve("target");
    List<Path> jars = List.of();
    if (Files.isDirectory(target)) {
      try (Stream<Path> files = Files.list(target)) {
        jars = files.filter(f -> f.getFileName().toString().matches(module + "-.*\\.jar")).toList();
      }
    }
    if (jars.size() != 1) {
      throw new CliException(
          ExitCode.FAILED,
          "%s: expected one %s jar there, found %d; build it with './mvnw package'"
              .formatted(target, module, jars.size()));
    }
    return jars.getFirst();
  }
}
