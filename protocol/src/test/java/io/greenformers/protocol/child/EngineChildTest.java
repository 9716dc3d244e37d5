package io.greenformers.protocol.child;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.protocol.child.ChildOutcome.Fault;
import io.greenformers.protocol.request.RequestDocument;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real child processes that behave badly: each becomes the outcome that it is. */
final class EngineChildTest {
  @TempDir Path directory;

  private Path output = Path.of("");

  @BeforeEach
  void createOutput() throws IOException {
    output = Files.createDirectory(directory.resolve("output"));
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
  void boundsALogThatFloods() throws Exception {
    assertThat(outcome("flood-log")).isInstanceOf(ChildOutcome.Done.class);
    assertThat(log).hasSizeLessThanOrEqualTo(10_000);
  }

  @Test
  void endsAChildThatIgnoresItsCancellation() throws Exception {
    try (ChildRun run = start("slow", Duration.ofMinutes(1))) {
      run.cancel();
      assertThat(run.await()).isEqualTo(new ChildOutcome.Cancelled());
    }
  }

  private ChildOutcome outcome(String way) throws InterruptedException {
    Duration deadline = Duration.ofSeconds(way.equals("slow") ? 4 : 60);
    try (ChildRun run = start(way, deadline)) {
      return run.await();
    }
  }

  private ChildRun start(String way, Duration deadline) {
    ChildSettings settings =
        new ChildSettings(
            Path.of(System.getProperty("java.home"), "bin", "java"),
            List.of(System.getProperty("java.class.path").split(File.pathSeparator)),
            64,
            deadline,
            Duration.ofSeconds(way.equals("hang") ? 3 : 30),
            100_000);
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
    return new EngineChild(settings, Misbehaving.class.getName())
        .start(request, progress::add, log::add);
  }
}
