package io.greenformers.cli.run;

import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.client.ApiKey;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.GreenformersException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Where the keys to a service are. */
public interface KeyStore {
  ApiKey create(String tenant, String name, Set<String> scopes, Duration validFor);

  List<ApiKey> list();

  ApiKey revoke(String id);

  /** Keys of a service that runs. */
  record OfService(GreenformersClient client) implements KeyStore {
    @Override
    public ApiKey create(String tenant, String name, Set<String> scopes, Duration validFor) {
      return ask(() -> client.createKey(tenant, name, scopes, validFor));
    }

    @Override
    public List<ApiKey> list() {
      return ask(client::keys);
    }

    @Override
    public ApiKey revoke(String id) {
      return ask(() -> client.revokeKey(id));
    }

    private static <T> T ask(Supplier<T> request) {
      try {
        return request.get();
      } catch (GreenformersException e) {
        throw new CliException(ExitCode.FAILED, String.valueOf(e.getMessage()));
      }
    }
  }
}
