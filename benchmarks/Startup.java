import io.greenformers.protocol.child.ChildOutcome;
import io.greenformers.protocol.child.ChildRun;
import io.greenformers.protocol.child.ChildSettings;
import io.greenformers.protocol.child.EngineChild;
import io.greenformers.protocol.child.EngineInstallation;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.RequestDocument;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Start to ready of the service and of engine children. {@code HOME DATA MODEL ROUNDS}. */
final class Startup {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  private final Path home;
  private final Path data;

  private Startup(Path home, Path data) {
    this.home = home;
    this.data = data;
  }

  public static void main(String[] args) throws Exception {
    Startup startup = new Startup(Path.of(args[0]), Path.of(args[1]));
    int rounds = Integer.parseInt(args[3]);
    startup.services(rounds);
    startup.children(Path.of(args[2]), rounds);
    // the children's cleaners are daemons of the parent, and so is nothing else
    System.exit(0);
  }

  /** Kinds take turns, so that a busy moment of the machine hits all. */
  private void services(int rounds) throws Exception {
    Map<String, List<String>> kinds = new LinkedHashMap<>();
    kinds.put("no archive", List.of("-Xshare:auto"));
    kinds.put(
        "the launcher's archive",
        List.of("-XX:+AutoCreateSharedArchive", "-XX:SharedArchiveFile=" + data + ".jsa"));
    kinds.put("AOT cache", List.of("-XX:AOTCache=" + home.resolve("service.aot")));
    Map<String, long[][]> millis = new LinkedHashMap<>();
    for (String kind : kinds.keySet()) {
      // makes the database, and the archive
      service(kinds.get(kind));
      millis.put(kind, new long[2][rounds]);
    }
    for (int round = 0; round < rounds; round++) {
      for (String kind : kinds.keySet()) {
        put(millis.get(kind), round, service(kinds.get(kind)));
      }
    }
    millis.forEach(
        (kind, times) -> {
          print("service ready, " + kind, times[0]);
          // what a busy machine does not change
          print("  of processors until then", times[1]);
        });
  }

  /** Until it is ready, and what it took of processors. */
  private long[] service(List<String> options) throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    List<String> command = new ArrayList<>(List.of(JAVA.toString(), "-Xmx512m"));
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xlog:disable"));
    command.addAll(options);
    command.addAll(
        List.of(
            "-cp",
            home.resolve("service/target/service.jar").toString(),
            "io.greenformers.service.ServiceApplication",
            "--greenformers.home=" + home,
            "--greenformers.data=" + data,
            "--server.port=" + port));
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Path.of(data + ".log").toFile())
            .start();
    URI ready = URI.create("http://127.0.0.1:%d/actuator/health/readiness".formatted(port));
    while (!isWell(ready)) {
      if (!process.isAlive()) {
        throw new IllegalStateException(Files.readString(Path.of(data + ".log")));
      }
      Thread.sleep(10);
    }
    long millis = (System.nanoTime() - start) / 1_000_000;
    long processors = process.info().totalCpuDuration().orElseThrow().toMillis();
    process.destroy();
    process.waitFor();
    return new long[] {millis, processors};
  }

  private static boolean isWell(URI ready) {
    try {
      return ((HttpURLConnection) ready.toURL().openConnection()).getResponseCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private void children(Path model, int rounds) throws Exception {
    Path cache = Files.createTempDirectory(data.getParent(), "cache");
    long[][] cold = new long[2][rounds];
    long[][] warm = new long[2][rounds];
    long prepared = child(model, Optional.of(cache))[1];
    for (int round = 0; round < rounds; round++) {
      put(cold, round, child(model, Optional.empty()));
      put(warm, round, child(model, Optional.of(cache)));
    }
    print("small model inspected, cache prepared", new long[] {prepared});
    print("child ready, no cache", cold[0]);
    print("child ready, cache", warm[0]);
    print("small model inspected, no cache", cold[1]);
    print("small model inspected, cache", warm[1]);
  }

  private static void put(long[][] millis, int round, long[] both) {
    millis[0][round] = both[0];
    millis[1][round] = both[1];
  }

  /** Until its first word, and until its end. */
  private long[] child(Path model, Optional<Path> cache) throws Exception {
    ChildSettings settings =
        new ChildSettings(
                JAVA,
                EngineInstallation.classPath(home),
                1024,
                Duration.ofMinutes(5),
                Duration.ofMinutes(1),
                1 << 20)
            .withCache(cache);
    StageRequest request =
        new StageRequest(
            Stage.INSPECT,
            RequestDocument.parseJson("{\"model\": \"any\", \"ranks\": {\"policy\": \"full\"}}"),
            Map.of("original/model.onnx", model.toAbsolutePath()),
            Files.createTempDirectory(data.getParent(), "output"));
    long start = System.nanoTime();
    AtomicLong first = new AtomicLong();
    try (ChildRun run =
        new EngineChild(settings)
            .start(
                request, now -> first.compareAndSet(0, System.nanoTime() - start), line -> {})) {
      ChildOutcome outcome = run.await();
      if (!(outcome instanceof ChildOutcome.Done)) {
        throw new IllegalStateException(outcome.toString());
      }
    }
    return new long[] {first.get() / 1_000_000, (System.nanoTime() - start) / 1_000_000};
  }

  private static void print(String what, long[] millis) {
    long[] sorted = millis.clone();
    Arrays.sort(sorted);
    System.out.printf(
        "%-36s median %5d ms, %d to %d, of %d%n",
        what, sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1], sorted.length);
  }
}
