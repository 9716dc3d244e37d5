package io.greenformers.it;

import io.greenformers.client.GreenformersClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/** The packaged service as a process of its own, as {@code ./greenformers serve} starts it. */
final class RunningService implements AutoCloseable {
  /** Of this build. */
  static final Path HOME = Path.of("..").toAbsolutePath().normalize();

  private static final long MOST_START_SECONDS = 300;

  private final Process process;
  private final String url;

  private RunningService(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  /**
   * Starts it with little heap, as a service that parses nothing needs no more.
   *
   * @param data the directory that it owns; may hold what an earlier one left
   */
  static RunningService start(Path data, String... settings) {
    return start(data, Map.of(), settings);
  }

  /**
   * Starts it with further variables of its environment.
   *
   * @param environment credentials of a store, for example
   */
  static RunningService start(Path data, Map<String, String> environment, String... settings) {
    return start(HOME, data, environment, settings);
  }

  /**
   * Starts it from another build, another version for example.
   *
   * @param home the directory that was built in
   */
  static RunningService start(
      Path home, Path data, Map<String, String> environment, String... settings) {
    try {
      Path portFile = data.resolveSibling(data.getFileName() + ".port");
      Path log = data.resolveSibling(data.getFileName() + ".log");
      Files.deleteIfExists(portFile);
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx256m",
                  "-XX:+UseSerialGC",
                  "-XX:TieredStopAtLevel=1",
                  "-jar",
                  jar(home).toString(),
                  "--greenformers.home=" + home,
                  "--greenformers.data=" + data,
                  "--greenformers.port-file=" + portFile,
                  "--greenformers.ends-with-input=true"));
      command.addAll(List.of(settings));
      if (command.stream().noneMatch(s -> s.startsWith("--server.port="))) {
        command.add("--server.port=0");
      }
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().putAll(environment);
      Process process = builder.start();
      return new RunningService(process, "http://127.0.0.1:" + awaitPort(process, portFile, log));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Makes the first key of a service that does not run yet, as {@code greenformers keys} does. */
  static String firstKey(Path data) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                jar(HOME).toString(),
                "io.greenformers.service.access.KeyCommands",
                "create",
                "operators",
                "first",
                "admin",
                "P1D",
                "--greenformers.data=" + data)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String json = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException("no key was made: " + json);
    }
    return new JsonMapper().readTree(json).get("secret").asString();
  }

  private static Path jar(Path home) throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("service/target"))) {
      return files
          .filter(f -> f.getFileName().toString().matches("service-.*\\.jar"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static String awaitPort(Process process, Path portFile, Path log) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_START_SECONDS);
    while (!Files.exists(portFile)) {
      if (!process.isAlive() || System.nanoTime() > end) {
        process.destroyForcibly();
        throw new IllegalStateException("the service did not start:\n" + Files.readString(log));
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }
    return Files.readString(portFile).strip();
  }

  String url() {
    return url;
  }

  GreenformersClient client() {
    return GreenformersClient.builder().baseUrl(url).build();
  }

  /** A client that sends a key. */
  GreenformersClient client(String key) {
    return GreenformersClient.builder().baseUrl(url).apiKey(key).build();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Sends a signal by its name, {@code STOP} for example. */
  void signal(String name) throws IOException, InterruptedException {
    signal(process.toHandle(), name);
  }

  /** Sends a signal to any process. */
  static void signal(ProcessHandle target, String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(target.pid())).start().waitFor();
  }

  /** {@code kill -9}. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** The processor time of the service and of those of its children that have ended. */
  Duration processorTime() throws IOException {
    // proc(5): utime, stime, cutime and cstime, in ticks of 10 ms; the name before may have spaces
    String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    long ticks = Arrays.stream(fields, 11, 15).mapToLong(Long::parseLong).sum();
    return Duration.ofMillis(10 * ticks);
  }

  /** The most memory that was resident at once, in bytes. */
  long mostResident() throws IOException {
    // proc(5): "VmHWM:   123456 kB"
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      String line = lines.filter(l -> l.startsWith("VmHWM:")).findFirst().orElseThrow();
      return Long.parseLong(line.replaceAll("\\D", "")) << 10;
    }
  }

  /** Processes that the service started and that are still there. */
  List<ProcessHandle> children() {
    return process.descendants().toList();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
