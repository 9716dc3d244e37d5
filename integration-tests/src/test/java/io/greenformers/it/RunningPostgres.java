package io.greenformers.it;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;

/** A PostgreSQL of its own, as durable as one in use: it may be stopped as if the power went. */
final class RunningPostgres implements AutoCloseable {
  private static final long MOST_STOP_SECONDS = 20;
  private static final long MOST_START_SECONDS = 60;

  private final Path directory;
  private final int port;
  private final EmbeddedPostgres server;

  private RunningPostgres(Path directory, EmbeddedPostgres server) {
    this.directory = directory;
    this.port = server.getPort();
    this.server = server;
  }

  static RunningPostgres start(Path directory) throws IOException {
    return new RunningPostgres(
        directory,
        EmbeddedPostgres.builder()
            .setDataDirectory(directory)
            .setCleanDataDirectory(false)
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("max_connections", "100")
            .start());
  }

  /** The settings with which a service uses this database. */
  String[] settings() {
    return new String[] {
      "--spring.datasource.url=jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port),
      "--spring.datasource.username=postgres",
      "--spring.datasource.password=postgres"
    };
  }

  /** Stops it at once, without a checkpoint, as {@code pg_ctl stop -m immediate} does. */
  void stopImmediately() throws IOException, InterruptedException {
    long pid = Long.parseLong(Files.readAllLines(directory.resolve("postmaster.pid")).getFirst());
    ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
    RunningService.signal(postmaster, "QUIT");
    postmaster.onExit().orTimeout(MOST_STOP_SECONDS, TimeUnit.SECONDS).join();
  }

  /**
   * Starts it again as it was started, on the same port; waits until it answers. (The library holds
   * a lock on the directory that it does not give to itself.)
   */
  void startAgain() throws IOException, InterruptedException {
    String command = Files.readString(directory.resolve("postmaster.opts")).strip();
    // PostgreSQL does not run as root
    boolean isRoot = System.getProperty("user.name").equals("root");
    new ProcessBuilder("sh", "-c", "exec " + (isRoot ? "unshare -U " : "") + command)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolveSibling("postgres.log").toFile())
        .start();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_START_SECONDS);
    while (!answers()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("PostgreSQL did not start again: " + command);
      }
      Thread.sleep(50);
    }
  }

  private boolean answers() {
    try (Connection connection = connection()) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  /** The first column of the first row. */
  long count(String sql) throws SQLException {
    try (Connection connection = connection();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  Connection connection() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port), "postgres", "postgres");
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
