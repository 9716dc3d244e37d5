package io.greenformers.cli.run;

import io.greenformers.cli.files.Home;
import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.client.ApiKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keys in the database of a service, without asking the service: the way to the first key. A
 * service on H2 must not run meanwhile, since it has its database for itself.
 *
 * @param data the service's data directory, if it is not the usual one
 */
public record KeyDatabase(Optional<Path> data) implements KeyStore {
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  @Override
  public ApiKey create(String tenant, String name, Set<String> scopes, Duration validFor) {
    return key(run("create", tenant, name, String.join(",", scopes), validFor.toString()));
  }

  @Override
  public List<ApiKey> list() {
    return run("list").get("keys").valueStream().map(KeyDatabase::key).toList();
  }

  @Override
  public ApiKey revoke(String id) {
    return key(run("revoke", id));
  }

  private static ApiKey key(JsonNode node) {
    return JSON.treeToValue(node, ApiKey.class);
  }

  private JsonNode run(String... arguments) {
    try {
      Process process =
          new ProcessBuilder(command(arguments))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      process.getOutputStream().close();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = process.waitFor();
      if (exit != 0) {
        throw new CliException(exit, "no key was changed");
      }
      return JSON.readTree(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CliException(ExitCode.CANCELLED, "interrupted");
    }
  }

  private List<String> command(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Home.java().toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Home.jar("service").toString(),
                "io.greenformers.service.access.KeyCommands"));
    command.addAll(List.of(arguments));
    data.ifPresent(directory -> command.add("--greenformers.data=" + directory.toAbsolutePath()));
    return command;
  }
}
