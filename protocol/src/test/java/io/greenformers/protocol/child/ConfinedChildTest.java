package io.greenformers.protocol.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.greenformers.protocol.child.ChildSettings.Isolation;
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
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real child that reaches for what is not its own. */
final class ConfinedChildTest {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  private static final MachineSeat MACHINE =
      new MachineSeat(1, 2, "127.0.0.1", 29_500, "127.0.0.1");

  @TempDir Path directory;

  private final List<String> reached = Collections.synchronizedList(new ArrayList<>());
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private Path artifact = Path.of("");

  @BeforeEach
  void createFiles() throws IOException {
    Path store = Files.createDirectory(directory.resolve("store"));
    artifact = Files.writeString(store.resolve("model"), "theirs");
    Files.writeString(store.resolve("neighbour"), "another tenant's");
  }

  @Test
  void reachesItsOwnFilesOnly() throws Exception {
    ChildOutcome outcome = reach(Isolation.AVAILABLE, "1");
    assumeConfined();
    assertThat(outcome).isEqualTo(new ChildOutcome.Done(true, "", List.of("own")));
    assertThat(reached)
        .containsExactly(
            "unpacking the engine, once for each installation",
            "could read an artifact",
            "could write to the output",
            "could write to the kept work",
            "could write to its directory",
            "could read a shared library",
            "could not write a shared library",
            "could not delete a shared library",
            "could not add a shared library",
            "could not put one in its place",
            "could start a process",
            "could not write an artifact",
            "could not delete an artifact",
            "could not read a neighbour",
            "could not list the neighbours",
            "could not link a neighbour",
            "could not follow a link to a neighbour",
            "could not write beside the output",
            "could not read the parent's environment",
            "could not read the parent's memory",
            "could not signal the parent",
            "could not listen",
            "could not connect",
            "could not write a terabyte");
    assertThat(artifact).hasContent("theirs");
  }

  @Test
  void opensTheNetworkForATrainingInSeveralProcesses() throws Exception {
    reach(Isolation.AVAILABLE, "2");
    assertThat(reached).contains("could listen");
  }

  @Test
  void opensItForATrainingOnSeveralMachines() throws Exception {
    reach(Stage.RECOVER, Isolation.AVAILABLE, "1", Optional.of(MACHINE));
    assertThat(reached).contains("could listen");
  }

  @Test
  void keepsItClosedForTheOtherStagesOfThatCompression() throws Exception {
    reach(Stage.EVALUATE, Isolation.AVAILABLE, "2", Optional.of(MACHINE));
    assumeConfined();
    assertThat(reached).contains("could not listen");
  }

  @Test
  void isFreeWhereIsolationIsOff() throws Exception {
    reach(Isolation.OFF, "1");
    assertThat(reached).contains("could read a neighbour", "could listen");
    assertThat(log).noneMatch(l -> l.contains("confined"));
  }

  private void assumeConfined() {
    assumeTrue(
        log.stream().anyMatch(l -> l.contains("files by Landlock") && l.contains("by seccomp")),
        () -> "this kernel can't confine a child: " + log);
  }

  private ChildOutcome reach(Isolation isolation, String processes) throws Exception {
    return reach(Stage.RECOVER, isolation, processes, Optional.empty());
  }

  private ChildOutcome reach(
      Stage stage, Isolation isolation, String processes, Optional<MachineSeat> machine)
      throws Exception {
    ChildSettings settings =
        new ChildSettings(
                JAVA,
                List.of(System.getProperty("java.class.path").split(File.pathSeparator)),
                64,
                Duration.ofMinutes(1),
                Duration.ofSeconds(30),
                100_000)
            .withCache(Optional.of(directory.resolve("cache")))
            .withIsolation(isolation);
    StageRequest request =
        new StageRequest(
            stage,
            RequestDocument.parseJson(
                """
                {"model": "m", "ranks": {"policy": "full"}, "data": {"train": "d", "tokenizer": "t"},
                 "recovery": {"processes": "%s"}}\
                """
                    .formatted(processes)),
            Map.of("original/model.onnx", artifact),
            Files.createDirectories(directory.resolve("a/output")),
            Optional.of(directory.resolve("kept")),
            machine);
    try (ChildRun run =
        new EngineChild(
                settings,
                Reaching.class.getName(),
                Files.createDirectory(directory.resolve("temporary")))
            .start(request, p -> reached.add(p.activity()), log::add)) {
      return run.await();
    }
  }
}
