package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.client.Compression;
import io.greenformers.client.CompressionRequest;
import io.greenformers.client.GreenformersClient;
import io.greenformers.client.Ranks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Uploads and compresses while processes are killed, and then looks for what was lost. */
final class CrashCampaign implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(90);
  private static final Duration LONGEST_RESUME = Duration.ofMinutes(2);
  private static final Duration BOUNDARY = Duration.ofSeconds(5);
  private static final int USERS = 4;
  private static final Duration HOUSEKEEPING = Duration.ofSeconds(8);

  private static final String NAMED =
      """
      select sha256 from model_file
      union select sha256 from inspection where sha256 is not null
      union select sha256 from compression_artifact\
      """;

  private final Cluster cluster;
  private final GreenformersClient client;
  private final long seed;
  private final Random random;
  private final AtomicInteger next = new AtomicInteger();
  private final Instant started = Instant.now();

  /** Acknowledged uploads, by id, with the digest that this side computed. */
  private final Map<String, String> uploads = new ConcurrentHashMap<>();

  /** Acknowledged compressions, with the final state where one was seen. */
  private final Map<String, String> ended = new ConcurrentHashMap<>();

  private final List<Future<?>> users = new ArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Duration> resumes = new ArrayList<>();
  private final Map<String, Integer> kills = new TreeMap<>();
  private final Map<Long, ProcessHandle> seen = new HashMap<>();
  private volatile boolean killing = true;

  CrashCampaign(Cluster cluster, long seed, int compressions) {
    this.cluster = cluster;
    this.client = cluster.client();
    this.seed = seed;
    this.random = new Random(seed);
    for (int i = 0; i < USERS; i++) {
      users.add(threads.submit(() -> useAgainAndAgain(compressions)));
    }
  }

  private Void useAgainAndAgain(int atLeast) throws Exception {
    for (int i = next.getAndIncrement(); i < atLeast || killing; i = next.getAndIncrement()) {
      use(i);
    }
    return null;
  }

  /** One model and its compression. */
  private void use(int number) throws Exception {
    byte[] model = DistinctModels.model(seed, number);
    Path file = Files.createTempFile("campaign", ".onnx");
    try {
      Files.write(file, model);
      String id = client.uploadModel(file).id();
      uploads.put(id, hex(model));
      String compression =
          client
              .compress(
                  CompressionRequest.of(id)
                      .ranks(Ranks.uniform(0.5))
                      .latencyGrid(List.of(1), List.of(8))
                      .build())
              .id();
      ended.put(compression, "");
      Compression done = client.await(compression, PATIENCE, now -> {});
      ended.put(compression, done.state().name());
    } finally {
      Files.delete(file);
    }
  }

  /** Kills so many processes, one after another, as long as there is work. */
  void kill(int count) throws Exception {
    for (int i = 0; i < count; i++) {
      if (random.nextBoolean()) {
        awaitBoundary();
      } else {
        Thread.sleep(random.nextInt(3000));
      }
      String name = cluster.names().get(random.nextInt(cluster.names().size()));
      List<ProcessHandle> children = children();
      if (random.nextBoolean() && !children.isEmpty()) {
        children.get(random.nextInt(children.size())).destroyForcibly();
        count("child");
      } else {
        killAndStart(name);
      }
    }
    killing = false;
  }

  private void killAndStart(String name) throws Exception {
    boolean worked = cluster.works(name) && !cluster.children(name).isEmpty();
    cluster.kill(name);
    Instant killed = Instant.now();
    count(name);
    Map<String, Integer> held = cluster.heldBy(name);
    cluster.start(name);
    if (worked) {
      awaitResume(killed, held);
    }
  }

  private void count(String what) {
    kills.merge(what, 1, Integer::sum);
  }

  /** All children at work; each is remembered. */
  private List<ProcessHandle> children() {
    List<ProcessHandle> children =
        cluster.names().stream().flatMap(n -> cluster.children(n).stream()).toList();
    children.forEach(c -> seen.put(c.pid(), c));
    return children;
  }

  /**
   * Until what was killed goes on: on PostgreSQL in a newer attempt; on H2, where one process works
   * on one compression at a time, until any moves.
   */
  private void awaitResume(Instant killed, Map<String, Integer> held) throws Exception {
    Map<String, String> still = held.isEmpty() ? positions() : Map.of();
    while (!hasMoved(held, still)) {
      children();
      assertThat(Duration.between(killed, Instant.now()))
          .as("%s %s stand still", held, still)
          .isLessThan(LONGEST_RESUME);
      Thread.sleep(100);
    }
    resumes.add(Duration.between(killed, Instant.now()));
  }

  private boolean hasMoved(Map<String, Integer> held, Map<String, String> still) throws Exception {
    if (!held.isEmpty()) {
      Map<String, Integer> now = cluster.attempts("true");
      return held.entrySet().stream().allMatch(e -> now.getOrDefault(e.getKey(), 0) > e.getValue());
    }
    Map<String, String> now = positions();
    return still.isEmpty()
        || still.entrySet().stream().anyMatch(e -> !e.getValue().equals(now.get(e.getKey())));
  }

  /** Until a compression is in another stage than before, or for a while. */
  private void awaitBoundary() throws Exception {
    Instant end = Instant.now().plus(BOUNDARY);
    Map<String, String> before = stages();
    while (Instant.now().isBefore(end) && before.equals(stages())) {
      children();
      Thread.sleep(20);
    }
  }

  private Map<String, String> stages() {
    Map<String, String> stages = new TreeMap<>();
    running().forEach(c -> stages.put(c.id(), c.stage().orElse("")));
    return stages;
  }

  private Map<String, String> positions() {
    Map<String, String> positions = new TreeMap<>();
    running().forEach(c -> positions.put(c.id(), c.stage() + " " + c.fraction() + c.activity()));
    return positions;
  }

  private List<Compression> running() {
    return client.compressions(200).stream()
        .filter(c -> c.state().name().equals("RUNNING"))
        .toList();
  }

  void awaitAll() throws Exception {
    for (Future<?> user : users) {
      user.get();
    }
  }

  Duration resume95() {
    List<Duration> sorted = resumes.stream().sorted().toList();
    return sorted.isEmpty()
        ? Duration.ZERO
        : sorted.get(Math.min(sorted.size() - 1, (int) Math.ceil(0.95 * sorted.size()) - 1));
  }

  String summary() {
    Map<String, Integer> states = new TreeMap<>();
    ended.values().forEach(s -> states.merge(s, 1, Integer::sum));
    return "campaign seed %d: kills %s, compressions %s, resumed after %s at most, p95 %s, of %d; %s in all"
        .formatted(
            seed,
            kills,
            states,
            resumes.stream().max(Duration::compareTo).orElse(Duration.ZERO),
            resume95(),
            resumes.size(),
            Duration.between(started, Instant.now()));
  }

  /**
   * What was seen final is final now, in the same way; nothing that was acknowledged is missing.
   */
  void assertEndedExactlyOnce() {
    assertThat(ended).doesNotContainValue("");
    ended.forEach((id, state) -> {
      Compression now = client.compression(id);
      assertThat(now.state().name()).as("%s", now).isEqualTo(state);
      assertThat(now.state().isFinal()).isTrue();
    });
    uploads.forEach(
        (id, sha256) -> assertThat(client.model(id).files().getFirst().sha256()).isEqualTo(sha256));
  }

  void assertNoOrphanProcess() {
    assertThat(children()).isEmpty();
    assertThat(seen.values()).noneMatch(ProcessHandle::isAlive);
  }

  /**
   * After one round of housekeeping without grace; every object has the digest that it is named by.
   */
  void assertStoreHoldsWhatIsNamedAndNothingElse() throws Exception {
    cluster.names().forEach(cluster::end);
    String last = cluster.names().getFirst();
    cluster.start(last, "--greenformers.store.grace=1ms", "--greenformers.retention.every=1s");
    // several rounds of it
    Thread.sleep(HOUSEKEEPING);
    cluster.end(last);
    Map<String, String> objects = objects();
    assertThat(objects.keySet()).isEqualTo(named());
    objects.forEach((name, digest) -> assertThat(digest).isEqualTo(name));
    assertThat(objects.keySet()).containsAll(uploads.values());
  }

  private Set<String> named() throws Exception {
    Set<String> named = new TreeSet<>();
    try (Connection connection = cluster.database();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(NAMED)) {
      while (rows.next()) {
        named.add(rows.getString(1));
      }
    }
    return named;
  }

  /** What is in the store, each with its digest now. */
  private Map<String, String> objects() throws IOException {
    Map<String, String> objects = new TreeMap<>();
    Path store = cluster.store();
    try (Stream<Path> files = Files.walk(store)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = store.relativize(file).toString().replace("/", "");
        objects.put(name, hex(Files.readAllBytes(file)));
      }
    }
    return objects;
  }

  private static String hex(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
