package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.client.Compression;
import io.greenformers.client.CompressionState;
import io.greenformers.client.GreenformersClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many machines, tried on one: work spreads over workers that share nothing but a database and a
 * store, one is lost and one is added, and nothing is lost. Short in the build; {@code
 * -Dgreenformers.machines=long} is a hundred compressions on three workers. The worker that is
 * added is of another version with {@code -Dgreenformers.machines.other=DIRECTORY}, where that was
 * built. Prints what {@code docs/scaling.md} is made of.
 */
final class ManyMachinesIT {
  private static final boolean LONG = "long".equals(System.getProperty("greenformers.machines"));
  private static final long SEED = 7;
  private static final int WORKERS = LONG ? 3 : 2;
  private static final int COMPRESSIONS = LONG ? 100 : 6;

  private static final Path OTHER =
      Optional.ofNullable(System.getProperty("greenformers.machines.other"))
          .map(Path::of)
          .orElse(RunningService.HOME);

  /** Leases of 4 s in the build, so that a lost worker costs it seconds. */
  private static final List<String> LEASES =
      LONG ? List.of() : List.of("--db-scheduler.heartbeat-interval=1s");

  private static final Duration PATIENCE = Duration.ofMinutes(60);

  @TempDir Path directory;

  @Test
  void workSpreadsOneWorkerIsLostOneIsAddedAndNothingIsLost() throws Exception {
    try (Surroundings surroundings = Surroundings.start(directory);
        Connection database = surroundings.database();
        Machines machines = new Machines(directory, surroundings, WORKERS, LEASES)) {
      GreenformersClient client = machines.client();
      DatabaseWrites writesBefore = DatabaseWrites.of(database);
      Duration processorsBefore = machines.processorTime();
      Instant start = Instant.now();
      List<String> ids = compressAll(client);
      awaitDone(client, ids, COMPRESSIONS / 3);
      awaitWork(machines, "worker-1");
      machines.kill("worker-1");
      machines.add("worker-new", OTHER);
      for (String id : ids) {
        Compression done = client.await(id, PATIENCE, now -> {});
        assertThat(done.state()).as("%s", done).isEqualTo(CompressionState.SUCCEEDED);
      }
      Duration took = Duration.between(start, Instant.now());
      Map<String, Long> spread = machines.stagesByWorker();
      print(took, spread, machines.processorTime().minus(processorsBefore));
      print(database, DatabaseWrites.of(database).since(writesBefore));
      assertThat(spread)
          .hasSize(WORKERS + 1)
          .allSatisfy((name, stages) -> assertThat(stages).isPositive());
      assertNothingIsLeft(database);
      client.downloadAll(client.compression(ids.getFirst()), directory.resolve("out"));
    }
  }

  private List<String> compressAll(GreenformersClient client) throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < COMPRESSIONS; i++) {
      Path model = directory.resolve("model-%d.onnx".formatted(i));
      Files.write(model, DistinctModels.model(SEED, i));
      ids.add(client.compress(QuickRequest.of(client.uploadModel(model).id())).id());
    }
    return ids;
  }

  private static void awaitDone(GreenformersClient client, List<String> ids, int count)
      throws InterruptedException {
    while (ids.stream().filter(id -> client.compression(id).state().isFinal()).count() < count) {
      Thread.sleep(200);
    }
  }

  private static void awaitWork(Machines machines, String worker) throws InterruptedException {
    while (!machines.works(worker)) {
      Thread.sleep(10);
    }
  }

  private static void print(Duration took, Map<String, Long> spread, Duration processors) {
    System.out.printf(
        "machines: %d compressions on %d workers in %s, %.0f an hour; stages ended: %s; "
            + "%.1f s of processors for each%n",
        COMPRESSIONS,
        WORKERS,
        took,
        COMPRESSIONS * 3600e3 / took.toMillis(),
        spread,
        processors.toMillis() / 1e3 / COMPRESSIONS);
  }

  private static void print(Connection database, DatabaseWrites writes) throws Exception {
    System.out.printf(
        "machines, for each compression: %d transactions, %d rows written, %,d bytes of log, "
            + "%,d bytes stored%n",
        writes.transactions() / COMPRESSIONS,
        writes.rows() / COMPRESSIONS,
        writes.logBytes() / COMPRESSIONS,
        count(database, "select sum(bytes) from stored_object") / COMPRESSIONS);
  }

  private static void assertNothingIsLeft(Connection database) throws Exception {
    assertThat(
            count(database, "select count(*) from scheduled_tasks where task_name like 'stage-%'"))
        .isZero();
    assertThat(count(database, "select count(*) from compression where state <> 'SUCCEEDED'"))
        .isZero();
    // an artifact that is named but was never stored would be lost
    assertThat(
            count(
                database,
                """
                select count(*) from compression_artifact a
                where not exists (select 1 from stored_object o where o.sha256 = a.sha256)\
                """))
        .isZero();
  }

  private static long count(Connection database, String sql) throws Exception {
    try (Statement statement = database.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
