package io.greenformers.service.access;

import io.greenformers.service.access.KeyController.KeyView;
import io.greenformers.service.audit.AuditEvent;
import io.greenformers.service.audit.AuditLog;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcClientAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.JdbcTemplateAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.json.JsonMapper;

/**
 * Makes, lists and revokes keys in the service's database itself: the way to the first key. Prints
 * one JSON document. What {@code greenformers keys} runs.
 */
public final class KeyCommands {
  private static final JsonMapper JSON = new JsonMapper();

  private final ApiKeys keys;
  private final AuditLog audit;
  private final Clock clock;

  private KeyCommands(ApiKeys keys, AuditLog audit, Clock clock) {
    this.keys = keys;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * Runs a command: {@code create TENANT NAME SCOPES ISO-DURATION}, {@code list} or {@code revoke
   * ID}; settings of the service may follow as {@code --name=value}.
   */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  private static int run(String[] args) {
    List<String> settings = new ArrayList<>(List.of("--logging.threshold.console=off"));
    List<String> command = new ArrayList<>();
    for (String arg : args) {
      (arg.startsWith("--") ? settings : command).add(arg);
    }
    try (ConfigurableApplicationContext context = open(settings)) {
      Path data = Path.of(context.getEnvironment().getRequiredProperty("greenformers.data"));
      System.out.println(
          new KeyCommands(
                  context.getBean(ApiKeys.class),
                  AuditLog.below(data),
                  context.getBean(Clock.class))
              .answer(command));
      return 0;
    } catch (AccessException e) {
      System.err.println(e.getMessage());
      return 2;
    } catch (RuntimeException e) {
      System.err.println(
          "the database of the service cannot be opened (%s); a service that runs on it is asked "
                  .formatted(rootOf(e).getMessage())
              + "with --server and a key of scope admin");
      return 1;
    }
  }

  private static Throwable rootOf(Throwable e) {
    return e.getCause() == null ? e : rootOf(e.getCause());
  }

  private static ConfigurableApplicationContext open(List<String> settings) {
    return new SpringApplicationBuilder(Database.class)
        .web(WebApplicationType.NONE)
        .run(settings.toArray(String[]::new));
  }

  private String answer(List<String> command) {
    String name = command.isEmpty() ? "" : command.getFirst();
    if (name.equals("create") && command.size() == 5) {
      return create(command);
    }
    if (name.equals("list") && command.size() == 1) {
      return JSON.writeValueAsString(KeyController.KeyList.of(keys.list()));
    }
    if (name.equals("revoke") && command.size() == 2) {
      return revoke(command.get(1));
    }
    throw AccessException.keyInvalid(
        "expected create TENANT NAME SCOPES DURATION, list or revoke ID");
  }

  private String create(List<String> command) {
    ApiKeys.Issued issued =
        keys.create(
            KeyRequest.of(
                command.get(1), command.get(2), command.get(3), Duration.parse(command.get(4))));
    record("create key", issued.key());
    return JSON.writeValueAsString(KeyView.of(issued.key(), Optional.of(issued.token().secret())));
  }

  private String revoke(String id) {
    ApiKey revoked = keys.revoke(id);
    record("revoke key", revoked);
    return JSON.writeValueAsString(KeyView.of(revoked, Optional.empty()));
  }

  private void record(String action, ApiKey key) {
    audit.add(
        new AuditEvent(
            clock.instant(),
            key.tenant().name(),
            "cli:" + System.getProperty("user.name"),
            action,
            key.id(),
            0,
            ""));
  }

  /** The database, and nothing else of the service; no part of the service, so not annotated so. */
  @ImportAutoConfiguration({
    DataSourceAutoConfiguration.class,
    FlywayAutoConfiguration.class,
    JdbcTemplateAutoConfiguration.class,
    JdbcClientAutoConfiguration.class
  })
  @Import(ApiKeys.class)
  static class Database {
    @Bean
    static Clock clock() {
      return Clock.systemUTC();
    }
  }
}
