package io.greenformers.cli.run;

import io.greenformers.cli.files.Home;
import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A service on this machine that ends with this process, however that ends. */
public final class ServiceProcess implements AutoCloseable {
  private static final Duration MOST_START = Duration.ofSeconds(90);
  private static final Duration MOST_STOP = Duration.ofSeconds(30);

  private final Process process;
  private final Path data;
  private final Path log;
  private final Thread onExit = new Thread(this::stop);

  private ServiceProcess(Process process, Path data, Path log) {
    this.process = process;
    this.data = data;
    this.log = log;
    Runtime.getRuntime().addShutdownHook(onExit);
  }

  /** The command that runs a service; Spring Boot's arguments may follow. */
  public static List<String> command() throws IOException {
    Path jar = Home.jar("service");
    return List.of(
        Home.java().toString(),
        "-Xmx512m",
        "-XX:+UseSerialGC",
        // classes that were loaded once are mapped the next time: 1.5 s less of 5
        "-XX:+AutoCreateSharedArchive",
        "-XX:SharedArchiveFile=" + jar.resolveSibling("service.jsa"),
        "-Xshare:auto",
        "-Xlog:cds=off",
        "-Xlog:cds+dynamic=off",
        "-jar",
        jar.toString(),
        "--greenformers.home=" + Home.path());
  }

  /**
   * Starts a service on a free port of the loopback device.
   *
   * @param data the directory that it owns
   * @param log where its output goes
   */
  public static ServiceProcess start(Path data, Path log) throws IOException {
    List<String> command = new ArrayList<>(command());
    command.add("--server.port=0");
    command.add("--greenformers.data=" + data);
    command.add("--greenformers.port-file=" + portFile(data));
    command.add("--greenformers.ends-with-input=true");
    Files.createDirectories(data);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    return new ServiceProcess(process, data, log);
  }

  private static Path portFile(Path data) {
    return data.resolve("port");
  }

  /**
   * Where it listens.
   *
   * @throws CliException if it does not start
   */
  public String awaitUrl() throws IOException, InterruptedException {
    long end = System.nanoTime() + MOST_START.toNanos();
    while (!Files.exists(portFile(data))) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new CliException(ExitCode.FAILED, "the service did not start; its log is " + log);
      }
      Thread.sleep(50);
    }
    return "http://127.0.0.1:" + Files.readString(portFile(data)).strip();
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(onExit);
    stop();
  }

  private void stop() {
    process.destroy();
    try {
      if (!process.waitFor(MOST_STOP.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
