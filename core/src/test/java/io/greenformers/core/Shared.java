package io.greenformers.core;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The conformance suites that lie beside the checkout on some machines. */
public final class Shared {
  private static final Path ROOT = Path.of("..", "..", "shared");

  private Shared() {}

  /** The case directories of a suite; skips the test where the suite is absent. */
  public static List<Path> cases(String suite) {
    Path directory = ROOT.resolve(suite);
    Assumptions.assumeTrue(
        Files.isDirectory(directory), "skipped: the suite " + suite + " is not on this machine");
    try (Stream<Path> cases = Files.list(directory)) {
      return cases.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The files beside a case's model that may hold its external data. */
  public static Map<String, Path> externalFiles(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(Files::isRegularFile)
          .filter(f -> !f.endsWith("model.onnx") && !f.endsWith("expect.json"))
          .collect(Collectors.toMap(f -> f.getFileName().toString(), f -> f));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
