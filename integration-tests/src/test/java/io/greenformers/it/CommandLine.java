package io.greenformers.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code greenformers}, in processes of its own.
 *
 * @param url the service that every command is given
 */
record CommandLine(String url) {
  private static final Path HOME = Path.of("..").toAbsolutePath().normalize();

  /**
   * How a command ended.
   *
   * @param code its exit code
   */
  record Ended(int code, String out, String err) {}

  /** Runs a command to its end. */
  Ended run(String... arguments) throws IOException, InterruptedException {
    Path err = Files.createTempFile("greenformers", ".err");
    try {
      List<String> command = command(arguments);
      command.addAll(List.of("--server", url));
      Process process = new ProcessBuilder(command).redirectError(err.toFile()).start();
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Ended(process.waitFor(), out, Files.readString(err));
    } finally {
      Files.delete(err);
    }
  }

  /** A command that names no service. */
  static List<String> command(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Dgreenformers.home=" + HOME,
                "-cp",
                jar() + ":" + HOME.resolve("cli/target/lib/*"),
                "io.greenformers.cli.Main"));
    command.addAll(List.of(arguments));
    return command;
  }

  private static Path jar() throws IOException {
    try (Stream<Path> files = Files.list(HOME.resolve("cli/target"))) {
      return files
          .filter(file -> file.getFileName().toString().matches("cli-.*\\.jar"))
          .findFirst()
          .orElseThrow();
    }
  }
}
