package io.greenformers.cli;

import io.greenformers.client.GreenformersClient;
import io.greenformers.client.GreenformersException;
import io.greenformers.client.ServiceException;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** Which service a command asks. */
final class ServiceOption {
  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "The service (default: $GREENFORMERS_SERVER, else ${DEFAULT-VALUE}).",
      defaultValue = "${env:GREENFORMERS_SERVER:-http://127.0.0.1:8080}")
  String server = "";

  /**
   * Asks it.
   *
   * @throws CliException with what the service said, or that it could not be reached
   */
  <T> T ask(Function<GreenformersClient, T> question) {
    try {
      return question.apply(GreenformersClient.builder().baseUrl(server).build());
    } catch (ServiceException e) {
      throw new CliException(ExitCode.FAILED, String.valueOf(e.getMessage()));
    } catch (GreenformersException e) {
      throw new CliException(
          ExitCode.FAILED,
          "%s: %s; is the service running there? Start one with 'greenformers serve', or name another with --server"
              .formatted(server, e.getMessage()));
    }
  }
}
