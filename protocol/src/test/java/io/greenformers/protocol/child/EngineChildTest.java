package io.greenformers.protocol.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.protocol.child.ChildOutcome.Fault;
import io.greenformers.protocol.request.RequestDocument;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real child processes that behave badly: each becomes the outcome that it is. */
final class EngineChildTest {
  @TempDir Path directory;

  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  private Path output = Path.of("");
  private Path temporary = Path.of("");

  @BeforeEach
  void createOutput() throws IOException {
    output = Files.createDirectory(directory.resolve("output"));
    temporary = Files.createDirectory(directory.resolve("temporary"));
  }

  private final List<ChildMessage.Progress> progress =
      Collections.synchronizedList(new ArrayList<>());
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());

  @ParameterizedTest
  @CsvSource({
    "crash, CRASHED",
    "segfault, CRASHED",
    "hang, HUNG",
    "flood-line, PROTOCOL",
    "two-results, PROTOCOL",
    "missing-artifact, PROTOCOL",
    "escaping-artifact, PROTOCOL",
    "symlink-artifact, PROTOCOL",
    "half-message, CRASHED",
    "heap, OUT_OF_MEMORY",
    "slow, DEADLINE"
  })
  void tellsFaultsApart(String way, Fault fault) throws Exception {
    assertThat(outcome(way))
        .isInstanceOfSatisfying(
            ChildOutcome.Failed.class, f -> assertThat(f.fault()).isEqualTo(fault));
  }

  @Test
  void takesAResultWithItsProgress() throws Exception {
    assertThat(outcome("finish"))
        .isEqualTo(new ChildOutcome.Done(true, "", List.of("report.json")));
    assertThat(progress).contains(new ChildMessage.Progress(0.5, "half"));
  }

  @Test
  void takesARefusal() throws Exception {
    assertThat(outcome("refuse"))
        .isEqualTo(new ChildOutcome.Refused("model-cycle", "nodes feed each other"));
  }

  @Test
  void givesNothingOfItsEnvironmentAndAsksForNoTelemetry() throws Exception {
    outcome("environment");
    assertThat(log)
        .contains("ORT_DISABLE_TELEMETRY=1")
        .allMatch(line ->
            line.matches(
                "(PATH|LANG|LD_LIBRARY_PATH|HOME|CLASSPATH|OMP_WAIT_POLICY|RUST_FLAVOR"
                    + "|DJL_CACHE_DIR|ORT_DISABLE_TELEMETRY)=.*"));
  }

  @Test
  void boundsALogThatFloods() throws Exception {
    assertThat(outcome("flood-log")).isInstanceOf(ChildOutcome.Done.class);
    assertThat(log).hasSizeLessThanOrEqualTo(BoundedLog.FIRST_LINES + BoundedLog.LAST_LINES + 1);
    assertThat(log.subList(BoundedLog.FIRST_LINES, log.size())).contains("the last words");
  }

  @Test
  void aBrokenInstallationIsNotTheModelsFault() throws Exception {
    ChildSettings settings =
        new ChildSettings(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                List.of("no-such.jar"),
                64,
                Duration.ofMinutes(1),
                Duration.ofSeconds(30),
                100_000)
            .withCache(Optional.empty());
    StageRequest request =
        new StageRequest(
            Stage.INSPECT,
            RequestDocument.parseJson("{\"model\": \"m\", \"ranks\": {\"policy\": \"full\"}}"),
            Map.of(),
            output);
    try (ChildRun run =
        new EngineChild(settings, EngineChild.MAIN, temporary)
            .start(request, progress::add, log::add)) {
      assertThat(run.await())
          .isInstanceOfSatisfying(
              ChildOutcome.Failed.class,
              f -> assertThat(f.fault()).isEqualTo(ChildOutcome.Fault.NOT_STARTED));
    }
    assertThat(log).anyMatch(l -> l.contains("Could not find or load main class"));
  }

  @Test
  void saysWhatCrashed() throws Exception {
    assertThat(outcome("segfault"))
        .isInstanceOfSatisfying(
            ChildOutcome.Failed.class,
            f -> assertThat(f.message()).contains(": SIGSEGV (0xb) in "));
  }

  @Test
  void goesOnWhenTheProgressListenerFails() throws Exception {
    ChildOutcome outcome =
        outcome(
            "finish",
            p -> {
              throw new IllegalStateException("listener");
            });
    assertThat(outcome).isInstanceOf(ChildOutcome.Done.class);
    assertThat(log).anyMatch(l -> l.contains("listener"));
  }

  @Test
  void leavesNothingBehind() throws Exception {
    outcome("segfault");
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void leavesNothingBehindWhenJavaCannotBeStarted() {
    Path nowhere = directory.resolve("no-java");
    assertThatThrownBy(() -> start("finish", Duration.ofMinutes(1), nowhere, progress::add))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(nowhere.toString());
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void endsWhatTheChildStarted() throws Exception {
    CompletableFuture<Long> pid = new CompletableFuture<>();
    try (ChildRun run = start("descendant", p -> pid.complete(Long.parseLong(p.activity())))) {
      ProcessHandle descendant = ProcessHandle.of(pid.get(60, TimeUnit.SECONDS)).orElseThrow();
      run.close();
      descendant.onExit().get(60, TimeUnit.SECONDS);
      assertThat(run.await()).isInstanceOf(ChildOutcome.Failed.class);
    }
  }

  @Test
  void takesACancellationThatIsObeyed() throws Exception {
    assertThat(cancelled("obey")).isEqualTo(new ChildOutcome.Cancelled());
  }

  @Test
  void keepsAResultThatCrossedACancellation() throws Exception {
    assertThat(cancelled("finish-when-cancelled"))
        .isEqualTo(new ChildOutcome.Done(true, "", List.of()));
  }

  private ChildOutcome cancelled(String way) throws Exception {
    CompletableFuture<Boolean> waiting = new CompletableFuture<>();
    try (ChildRun run = start(way, p -> waiting.complete(true))) {
      waiting.get(60, TimeUnit.SECONDS);
      run.cancel();
      return run.await();
    }
  }

  @Test
  void endsAChildThatIgnoresItsCancellation() throws Exception {
    try (ChildRun run = start("slow", progress::add)) {
      run.cancel();
      assertThat(run.await()).isEqualTo(new ChildOutcome.Cancelled());
    }
  }

  private ChildOutcome outcome(String way) throws InterruptedException {
    return outcome(way, progress::add);
  }

  private ChildOutcome outcome(String way, Consumer<ChildMessage.Progress> listener)
      throws InterruptedException {
    Duration deadline = Duration.ofSeconds(way.equals("slow") ? 4 : 60);
    try (ChildRun run = start(way, deadline, JAVA, listener)) {
      return run.await();
    }
  }

  private ChildRun start(String way, Consumer<ChildMessage.Progress> listener) {
    return start(way, Duration.ofMinutes(1), JAVA, listener);
  }

  private ChildRun start(
      String way, Duration deadline, Path java, Consumer<ChildMessage.Progress> listener) {
    ChildSettings settings =
        new ChildSettings(
                java,
                List.of(System.getProperty("java.class.path").split(File.pathSeparator)),
                64,
                deadline,
                Duration.ofSeconds(way.equals("hang") ? 3 : 30),
                100_000)
            .withCache(Optional.empty())
            // what a child may do wrong is judged wherever it can do it
            .withIsolation(ChildSettings.Isolation.OFF);
    StageRequest request =
        new StageRequest(
            Stage.INSPECT,
            RequestDocument.parseJson(
                """
                {"model": "m", "ranks": {"policy": "full"}, "seed": %d}\
                """
                    .formatted(Misbehaving.WAYS.indexOf(way))),
            Map.of(),
            output);
    return new EngineChild(settings, Misbehaving.class.getName(), temporary)
        .start(request, listener, log::add);
  }
}
