package io.greenformers.service.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcDataSource;

/** Empty databases with all migrations. */
public final class TestDatabases {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private TestDatabases() {}

  /** H2 as the service uses it, in a directory. */
  public static DataSource h2(Path directory) {
    JdbcDataSource database = new JdbcDataSource();
    database.setUrl(
        "jdbc:h2:file:%s/test;WRITE_DELAY=0;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH"
            .formatted(directory));
    return migrated(database);
  }

  /** A database of its own on the one PostgreSQL of this JVM, which ends with it. */
  public static DataSource postgres() {
    EmbeddedPostgres server = Server.RUNNING;
    String name = "test" + COUNT.incrementAndGet();
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name);
    } catch (SQLException e) {
      throw new IllegalStateException("the test's database could not be created", e);
    }
    return migrated(server.getDatabase("postgres", name));
  }

  private static DataSource migrated(DataSource database) {
    Flyway.configure().dataSource(database).load().migrate();
    return database;
  }

  private static final class Server {
    static final EmbeddedPostgres RUNNING = start();

    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
