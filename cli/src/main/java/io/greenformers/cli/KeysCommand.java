package io.greenformers.cli;

import io.greenformers.cli.options.ServerOptions;
import io.greenformers.cli.run.KeyDatabase;
import io.greenformers.cli.run.KeyStore;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.cli.terminal.Text;
import io.greenformers.client.ApiKey;
import io.greenformers.client.GreenformersClient;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "keys",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisSubcommandLabel = "(create | list | revoke)",
    description = "Makes, lists and revokes API keys: for operators.",
    footer = {
      "",
      "Without --server the database of the service is changed itself: that of --data, or what the",
      "environment names as it does for the service (SPRING_DATASOURCE_URL). A service on H2 must",
      "not run meanwhile. With --server a service that runs is asked, by a key of scope admin.",
      "",
      "Examples:",
      "  greenformers keys create --tenant ops --name first --scopes admin > admin.key",
      "  greenformers keys create --tenant search --name ci --expires-in 365 \\",
      "    --server http://127.0.0.1:8080 --api-key-file admin.key",
      "  greenformers keys revoke 1f0a9c3b5d7e --server … --api-key-file admin.key",
    })
final class KeysCommand {
  @Spec CommandSpec spec = CommandSpec.create();

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Makes a key, and prints its secret: once, on standard output.")
  int create(
      @Option(names = "--tenant", required = true, description = "Whom it acts for.") String tenant,
      @Option(names = "--name", required = true, description = "What people call it.") String name,
      @Option(
              names = "--scopes",
              split = ",",
              defaultValue = "read,write",
              description = "Of read, write, admin (default: ${DEFAULT-VALUE}).")
          List<String> scopes,
      @Option(
              names = "--expires-in",
              paramLabel = "DAYS",
              defaultValue = "90",
              description = "For how many days it is valid (default: ${DEFAULT-VALUE}).")
          int days,
      @Mixin Place place) {
    ApiKey key =
        place.store().create(tenant, name, new LinkedHashSet<>(scopes), Duration.ofDays(days));
    spec.commandLine().getErr().println("key " + describe(key));
    spec.commandLine().getOut().println(key.secret().orElseThrow());
    return ExitCode.DONE;
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists all keys.")
  int list(@Mixin Place place) {
    PrintWriter out = spec.commandLine().getOut();
    place.store().list().forEach(key -> out.println(describe(key)));
    out.flush();
    return ExitCode.DONE;
  }

  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      description = "Makes a key invalid at once, for good.")
  int revoke(
      @Parameters(paramLabel = "ID", description = "The 12 digits that follow gf_ in the key.")
          String id,
      @Mixin Place place) {
    spec.commandLine().getOut().println(describe(place.store().revoke(id)));
    return ExitCode.DONE;
  }

  private static String describe(ApiKey key) {
    return "%s  %-20s %-20s %-16s %s"
        .formatted(
            key.id(),
            key.tenant(),
            Text.printable(key.name()),
            String.join(",", key.scopes()),
            validity(key));
  }

  private static String validity(ApiKey key) {
    boolean isOver = key.expiresAt().isBefore(Instant.now());
    return key.revokedAt()
        .map(time -> "revoked " + time)
        .orElse((isOver ? "expired " : "expires ") + key.expiresAt());
  }

  /** Where the keys are. */
  static final class Place {
    @Mixin ServerOptions server = new ServerOptions();

    @Option(
        names = "--data",
        paramLabel = "DIR",
        description = "The service's data directory (default: ~/.greenformers).")
    @Nullable Path data;

    KeyStore store() {
      Optional<GreenformersClient> client = server.client();
      return client.isPresent()
          ? new KeyStore.OfService(client.get())
          : new KeyDatabase(Optional.ofNullable(data));
    }
  }
}
