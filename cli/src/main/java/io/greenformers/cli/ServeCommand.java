package io.greenformers.cli;

import io.greenformers.cli.run.ServiceProcess;
import io.greenformers.cli.terminal.ExitCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Runs the service until it is stopped (Ctrl-C).",
    footer = {
      "",
      "Beyond the loopback device it needs greenformers.access.login=true and a key; see",
      "'greenformers keys --help'.",
      "",
      "Examples:",
      "  greenformers serve",
      "  greenformers serve --port 9000 --data /var/lib/greenformers",
      "  greenformers serve -- --greenformers.limits.upload=2GB --logging.level.root=warn",
      "  greenformers serve --host 0.0.0.0 -- --greenformers.access.login=true",
    })
final class ServeCommand implements Callable<Integer> {
  @Option(names = "--port", description = "To listen on; 0 is any free one (default: 8080).")
  @Nullable Integer port;

  @Option(names = "--host", description = "The address to bind (default: 127.0.0.1).")
  @Nullable String host;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Database, uploads and results (default: ~/.greenformers).")
  @Nullable Path data;

  @Parameters(paramLabel = "SETTING", description = "Spring Boot settings, after --.")
  List<String> settings = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    List<String> command = new ArrayList<>(ServiceProcess.command());
    add(command, "server.port", port);
    add(command, "server.address", host);
    add(command, "greenformers.data", data == null ? null : data.toAbsolutePath());
    command.addAll(settings);
    Process service = new ProcessBuilder(command).inheritIO().start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(service)));
    return service.waitFor() == 0 ? ExitCode.DONE : ExitCode.FAILED;
  }

  private static void add(List<String> command, String setting, @Nullable Object value) {
    if (value != null) {
      command.add("--" + setting + "=" + value);
    }
  }

  /** The service finishes what it answers first. */
  private static void end(Process service) {
    service.destroy();
    try {
      service.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
