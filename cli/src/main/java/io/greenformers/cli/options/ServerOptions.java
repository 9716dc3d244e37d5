package io.greenformers.cli.options;

import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.client.ClientBuilder;
import io.greenformers.client.GreenformersClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Which service does the work, and who asks it. A key itself is no option: whoever else uses the
 * machine could read it in the list of processes.
 */
public final class ServerOptions {
  private static final String VARIABLE = "GREENFORMERS_API_KEY";

  @Option(names = "--server", paramLabel = "URL", description = "Let this service do the work.")
  @Nullable String server;

  @Option(
      names = "--api-key-file",
      paramLabel = "FILE",
      description = "Holds the key to the service (default: the environment's " + VARIABLE + ").")
  @Nullable Path keyFile;

  /**
   * The service, where one is named.
   *
   * @throws CliException if the key cannot be read or sent, or the URL is none
   */
  public Optional<GreenformersClient> client() {
    if (server == null) {
      return Optional.empty();
    }
    ClientBuilder client = GreenformersClient.builder();
    try {
      key().filter(k -> !k.isEmpty()).ifPresent(client::apiKey);
      return Optional.of(client.baseUrl(server).build());
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.USAGE, String.valueOf(e.getMessage()));
    }
  }

  private Optional<String> key() {
    if (keyFile == null) {
      return Optional.ofNullable(System.getenv(VARIABLE));
    }
    try {
      return Optional.of(Files.readString(keyFile).strip());
    } catch (IOException e) {
      throw new CliException(
          ExitCode.USAGE, "--api-key-file: expected a file with a key, found none at " + keyFile);
    }
  }
}
