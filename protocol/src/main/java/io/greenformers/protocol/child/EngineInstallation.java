package io.greenformers.protocol.child;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Where the engine lies below the directory that Greenformers is built in. */
public final class EngineInstallation {
  private EngineInstallation() {}

  /**
   * The class path of engine children: the engine's jar, then the jars that it needs, by name.
   *
   * @param home the directory that Greenformers was built in
   * @throws EngineMissingException if there is no engine
   */
  public static List<String> classPath(Path home) {
    Path target = home.toAbsolutePath().normalize().resolve("engine/target");
    List<String> jars = new ArrayList<>(jars(target, "engine-.*\\.jar"));
    if (jars.size() != 1) {
      throw new EngineMissingException(target, jars.size());
    }
    jars.addAll(jars(target.resolve("lib"), ".*\\.jar"));
    return List.copyOf(jars);
  }

  private static List<String> jars(Path directory, String name) {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(f -> f.getFileName().toString().matches(name))
          .map(Path::toString)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
