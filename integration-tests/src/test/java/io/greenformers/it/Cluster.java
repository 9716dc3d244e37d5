package io.greenformers.it;

import io.greenformers.client.GreenformersClient;
import io.greenformers.client.RetryPolicy;
import io.greenformers.testing.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The processes of a service, by name; any of them may be killed and started again. On H2 there is
 * one, on PostgreSQL an API and two workers.
 */
final class Cluster implements AutoCloseable {
  private static final Map<String, List<String>> ON_POSTGRES =
      new TreeMap<>(
          Map.of(
              "api", List.of("--greenformers.roles=api"),
              "worker-1", List.of("--greenformers.roles=worker"),
              "worker-2", List.of("--greenformers.roles=worker")));

  private static final Map<String, List<String>> ON_H2 = Map.of("service", List.of());

  private final Path directory;
  private final @Nullable RunningPostgres postgres;
  private final int port;
  private final Map<String, RunningService> running = new ConcurrentSkipListMap<>();

  private Cluster(Path directory, @Nullable RunningPostgres postgres) throws IOException {
    this.directory = directory;
    this.postgres = postgres;
    this.port = FreePort.onLoopback();
    roles().keySet().forEach(this::start);
  }

  static Cluster onH2(Path directory) throws IOException {
    return new Cluster(directory, null);
  }

  static Cluster onPostgres(Path directory) throws IOException {
    return new Cluster(directory, RunningPostgres.start(directory.resolve("postgres")));
  }

  private Map<String, List<String>> roles() {
    return postgres == null ? ON_H2 : ON_POSTGRES;
  }

  /** The names of all processes. */
  List<String> names() {
    return List.copyOf(roles().keySet());
  }

  /** Whether stages run in a process. */
  boolean works(String name) {
    return !name.equals("api");
  }

  /** Starts a process, with further settings. */
  void start(String name, String... further) {
    List<String> settings = new ArrayList<>(roles().get(name));
    settings.add("--greenformers.store.directory=" + store());
    settings.add("--greenformers.parallel-stages=1");
    settings.add("--greenformers.limits.free-disk=1MB");
    if (!name.startsWith("worker")) {
      settings.add("--server.port=" + port);
    }
    if (postgres != null) {
      settings.addAll(Arrays.asList(postgres.settings()));
    }
    settings.addAll(List.of(further));
    running.put(
        name, RunningService.start(directory.resolve(name), settings.toArray(new String[0])));
  }

  private RunningService process(String name) {
    return Objects.requireNonNull(running.get(name), name);
  }

  /** Kills a process with {@code kill -9}. */
  void kill(String name) throws InterruptedException {
    process(name).kill();
  }

  /** Ends a process as it should be ended. */
  void end(String name) {
    process(name).close();
  }

  /**
   * The compressions that a killed process was working on, with the numbers of their attempts; none
   * on H2, which is not open then.
   */
  Map<String, Integer> heldBy(String name) throws IOException, SQLException {
    String id = Files.readString(directory.resolve(name).resolve("service.id")).strip();
    return postgres == null
        ? Map.of()
        : attempts(
            "id in (select split_part(task_instance, ':', 1) from scheduled_tasks where picked_by = 'worker-%s')"
                .formatted(id));
  }

  /** The numbers of the newest attempts of compressions. */
  Map<String, Integer> attempts(String condition) throws SQLException {
    Map<String, Integer> attempts = new TreeMap<>();
    try (Connection connection = database();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("select id, attempt from compression where " + condition)) {
      while (rows.next()) {
        attempts.put(rows.getString(1), rows.getInt(2));
      }
    }
    return attempts;
  }

  List<ProcessHandle> children(String name) {
    return process(name).children();
  }

  /** A client that outlasts the time without an API. */
  GreenformersClient client() {
    return GreenformersClient.builder()
        .baseUrl("http://127.0.0.1:" + port)
        .retries(RetryPolicy.DEFAULT.withMost(40))
        .build();
  }

  RunningPostgres postgres() {
    if (postgres == null) {
      throw new IllegalStateException("this cluster is on H2");
    }
    return postgres;
  }

  Path store() {
    return directory.resolve("store");
  }

  /** The database; on H2 only while no process runs. */
  Connection database() throws SQLException {
    return postgres != null
        ? postgres.connection()
        : DriverManager.getConnection(
            "jdbc:h2:file:%s/db/greenformers;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH"
                .formatted(directory.resolve("service")),
            "sa",
            "");
  }

  @Override
  public void close() throws IOException {
    running.values().forEach(RunningService::close);
    if (postgres != null) {
      postgres.close();
    }
  }
}
