package io.greenformers.cli.options;

import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.GreenformersException;
import io.greenformers.client.ServiceException;
import java.util.function.Function;
import picocli.CommandLine.Mixin;

/** The service that a command asks, which must be named. */
public final class ServiceOption {
  @Mixin ServerOptions server = new ServerOptions();

  /**
   * Asks it.
   *
   * @throws CliException with what the service said, or that it could not be reached
   */
  public <T> T ask(Function<GreenformersClient, T> question) {
    GreenformersClient client =
        server
            .client()
            .orElseThrow(() ->
                new CliException(
                    ExitCode.USAGE,
                    "expected a service, found none; name it with --server http://127.0.0.1:8080"));
    try {
      return question.apply(client);
    } catch (ServiceException e) {
      throw new CliException(ExitCode.FAILED, String.valueOf(e.getMessage()));
    } catch (GreenformersException e) {
      throw new CliException(
          ExitCode.FAILED, e.getMessage() + " 'greenformers serve' starts one on this machine");
    }
  }
}
