package io.greenformers.service.role;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Brings the database to the schema of this version, and ends: for those who do that once, before
 * processes of the service start with {@code spring.flyway.enabled=false}. Takes the service's
 * settings, of which it uses the database's.
 */
public final class Migration {
  private Migration() {}

  /** Migrates; the status is 0, or 1 where that was not possible, with the reason on stderr. */
  public static void main(String[] settings) {
    System.exit(run(settings));
  }

  static int run(String... settings) {
    try (ConfigurableApplicationContext context =
        new SpringApplicationBuilder(Database.class).web(WebApplicationType.NONE).run(settings)) {
      MigrationInfo[] applied = context.getBean(Flyway.class).info().applied();
      System.out.printf("the schema is at version %s%n", applied[applied.length - 1].getVersion());
      return 0;
    } catch (RuntimeException e) {
      System.err.println("the database was not migrated: " + rootOf(e).getMessage());
      return 1;
    }
  }

  private static Throwable rootOf(Throwable e) {
    return e.getCause() == null ? e : rootOf(e.getCause());
  }

  /** The database, and nothing else of the service; no part of the service, so not annotated so. */
  @ImportAutoConfiguration({DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class})
  static class Database {}
}
