package io.greenformers.it;

import io.greenformers.client.GreenformersClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * An API and workers that share nothing but a database and a store, as on machines of their own:
 * each has its own directory. Not thread-safe.
 */
final class Machines implements AutoCloseable {
  private final Path directory;
  private final Surroundings surroundings;
  private final RunningService api;
  private final List<String> settings;
  private final Map<String, RunningService> workers = new LinkedHashMap<>();

  /** The processor time of workers that are no more. */
  private Duration spent = Duration.ZERO;

  /**
   * Starts an API and so many workers.
   *
   * @param directory of all of their files
   * @param settings of all of them
   */
  Machines(Path directory, Surroundings surroundings, int workers, List<String> settings) {
    this.settings = List.copyOf(settings);
    this.directory = directory;
    this.surroundings = surroundings;
    this.api = start(RunningService.HOME, "api", "--greenformers.roles=api");
    for (int i = 1; i <= workers; i++) {
      add("worker-" + i);
    }
  }

  private RunningService start(Path home, String name, String role) {
    List<String> all = new ArrayList<>(Arrays.asList(surroundings.settings()));
    all.addAll(settings);
    all.add(role);
    all.add("--greenformers.parallel-stages=1");
    all.add("--greenformers.limits.free-disk=1MB");
    return RunningService.start(
        home, directory.resolve(name), surroundings.environment(), all.toArray(String[]::new));
  }

  /** Adds a worker. */
  void add(String name) {
    add(name, RunningService.HOME);
  }

  /** Adds a worker of the build in a directory. */
  void add(String name, Path home) {
    workers.put(name, start(home, name, "--greenformers.roles=worker"));
  }

  /** Whether a worker has a child at work. */
  boolean works(String name) {
    return !worker(name).children().isEmpty();
  }

  /** Loses a worker and its children: {@code kill -9}. */
  void kill(String name) throws Exception {
    RunningService lost = worker(name);
    spent = spent.plus(lost.processorTime());
    lost.kill();
    workers.remove(name);
  }

  private RunningService worker(String name) {
    return Objects.requireNonNull(workers.get(name), name);
  }

  GreenformersClient client() {
    return api.client();
  }

  /** The processor time of everything but the database and the store. */
  Duration processorTime() throws IOException {
    Duration sum = spent.plus(api.processorTime());
    for (RunningService worker : workers.values()) {
      sum = sum.plus(worker.processorTime());
    }
    return sum;
  }

  /** How many stages each worker has ended, those that are no more included; from their logs. */
  Map<String, Long> stagesByWorker() throws IOException {
    Map<String, Long> stages = new TreeMap<>();
    try (Stream<Path> logs = Files.list(directory)) {
      for (Path log :
          logs.filter(f -> f.getFileName().toString().matches("worker-.*\\.log")).toList()) {
        try (Stream<String> lines = Files.lines(log)) {
          String name = log.getFileName().toString().replace(".log", "");
          stages.put(name, lines.filter(line -> line.contains(": done, ")).count());
        }
      }
    }
    return stages;
  }

  @Override
  public void close() {
    workers.values().forEach(RunningService::close);
    api.close();
  }
}
