package io.greenformers.cli.machines;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.greenformers.cli.machines.TrainingMachines.Patience;
import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.cli.terminal.ProgressLine;
import io.greenformers.protocol.child.MachineSeat;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.RequestDocument;
import io.greenformers.testing.FreePort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Both sides of the conversation, over real connections between two loopback addresses. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "other systems have no 127.0.0.2 by themselves")
final class TrainingMachinesTest {
  private static final InetAddress FIRST = InetAddress.ofLiteral("127.0.0.1");
  private static final InetAddress SECOND = InetAddress.ofLiteral("127.0.0.2");
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(1500);
  private static final Patience PATIENT = new Patience(LONG, LONG, SHORT);
  private static final JoinKey KEY = JoinKey.random();

  @TempDir Path directory;

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final ProgressLine progress = new ProgressLine(new PrintStream(said, true), false);
  private final Map<String, Path> artifacts = new LinkedHashMap<>();
  private TrainingMachines machines;
  private Endpoint at = Endpoint.NONE;

  @BeforeEach
  void open() throws IOException {
    give("original/model.onnx", "model.onnx");
    give("original/weights.bin", "weights.bin");
    give("original/diary.txt", "diary.txt");
    give("data/train", "train.tsv");
    // the same file, of which stages take different examples
    artifacts.put("data/evaluation", directory.resolve(".").resolve("train.tsv"));
    give("compressed/model.onnx", "compressed.onnx");
    give("factorization.json", "factorization.json");
    artifacts.put(
        "inspection.json",
        Files.writeString(
            directory.resolve("inspection.json"), "{\"externalData\": [\"weights.bin\"]}"));
    at = new Endpoint(FIRST, FreePort.at(FIRST));
    machines = TrainingMachines.open(at, 2, KEY, PATIENT, progress);
  }

  private void give(String name, String file) throws IOException {
    artifacts.put(name, Files.writeString(directory.resolve(file), "content of " + file));
  }

  private void reopen(Patience patience) throws IOException {
    machines.close();
    at = new Endpoint(FIRST, FreePort.at(FIRST));
    machines = TrainingMachines.open(at, 2, KEY, patience, progress);
  }

  @AfterEach
  void close() {
    machines.close();
  }

  @Test
  void givesWhoeverJoinsTheTrainingAndItsFilesAndNoOthers() throws Exception {
    try (FirstMachine first = join()) {
      assertThat(first.seat()).isEqualTo(new MachineMessage.Joined(1, 2, "127.0.0.2"));
      StageRequest own = machines.gather(stage());
      assertThat(own.machine())
          .contains(new MachineSeat(0, 2, "127.0.0.1", at.port() + 1, "127.0.0.1"));
      OfferedStage stage = first.stage();
      assertThat(RequestDocument.parse(stage.request())).isEqualTo(own.request());
      assertThat(stage.files())
          .extracting(OfferedFile::toString)
          .containsExactly(
              "compressed/model.onnx",
              "data/evaluation, data/train",
              "original/model.onnx",
              "original/weights.bin");
      assertThat(stage.files().get(1).ending()).isEqualTo(".tsv");
      assertThat(fetch(first, stage, 1)).hasContent("content of train.tsv");
      assertThat(fetch(first, stage, 3)).hasContent("content of weights.bin");
      first.end(Optional.empty());
    }
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("machine 2 (127.0.0.2) has joined, 2 of 2 are here");
  }

  @Test
  void refusesAndCountsWhoDoesNotKnowTheKey() {
    for (int time = 1; time <= 2; time++) {
      assertThatThrownBy(() ->
              FirstMachine.join(at, JoinKey.random(), Optional.of(SECOND), "not packaged", LONG))
          .isInstanceOfSatisfying(
              CliException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
          .hasMessageContaining("expected the key that this training has");
    }
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("refused 127.0.0.2, which does not know the key (1 so far)", "(2 so far)");
  }

  @Test
  void refusesAnotherVersion() {
    assertThatThrownBy(() -> FirstMachine.join(at, KEY, Optional.of(SECOND), "0.0.9", LONG))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("expected the first machine's version, not packaged, found 0.0.9");
  }

  @Test
  void refusesMoreThanThereArePlaces() throws Exception {
    try (FirstMachine second = join()) {
      assertThatThrownBy(this::join)
          .isInstanceOf(CliException.class)
          .hasMessageContaining("expected one of the 2 machines of this training");
      second.end(Optional.empty());
    }
  }

  @Test
  void aFileThatIsNotWhatWasOfferedIsRefused() throws Exception {
    try (FirstMachine first = join()) {
      machines.gather(stage());
      OfferedStage stage = first.stage();
      Files.writeString(directory.resolve("train.tsv"), "CONTENT OF train.tsv");
      assertThatThrownBy(() -> fetch(first, stage, 1))
          .isInstanceOf(CliException.class)
          .hasMessageContaining("data/evaluation, data/train: expected the 20 bytes with SHA-256 ")
          .hasMessageContaining("found 20, ");
      Files.writeString(directory.resolve("weights.bin"), "much more than it was before");
      assertThatThrownBy(() -> fetch(first, stage, 3)).hasMessageContaining("found more");
      first.end(Optional.empty());
    }
  }

  @Test
  void aMachineThatNeverComesEndsTheCompression() throws Exception {
    reopen(new Patience(SHORT, LONG, SHORT));
    assertThatThrownBy(() -> machines.gather(stage()))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("--machines: expected 2 machines within 1 s, found 1")
        .hasMessageContaining(at.toString());
  }

  @Test
  void aPlaceIsFreeAgainWhenItsMachineLeavesBeforeTheTraining() throws Exception {
    try (FirstMachine second = join()) {
      second.end(Optional.of("it was interrupted"));
    }
    try (FirstMachine another = join()) {
      assertThat(another.seat().number()).isEqualTo(1);
      another.end(Optional.empty());
    }
    assertThat(said.toString(StandardCharsets.UTF_8))
        .contains("machine 2 (127.0.0.2) is gone: it was interrupted");
  }

  @Test
  void aMachineThatFallsSilentIsLostByName() throws Exception {
    reopen(new Patience(LONG, SHORT, SHORT));
    join().close();
    machines.gather(stage());
    assertThat(machines.lost().get(1, TimeUnit.MINUTES))
        .startsWith("machine 2 (127.0.0.2): expected a word every second, found none");
  }

  @Test
  void aMachineThatFailsIsLostByWhatItSays() throws Exception {
    try (FirstMachine second = join()) {
      machines.gather(stage());
      second.end(Optional.of("failed (crashed): exit status 137"));
    }
    assertThat(machines.lost().get(1, TimeUnit.MINUTES))
        .isEqualTo("machine 2 (127.0.0.2): failed (crashed): exit status 137");
  }

  @Test
  void theOthersHearThatTheFirstMachineHasEnded() throws Exception {
    try (FirstMachine first = join()) {
      CompletableFuture<Void> closed = CompletableFuture.runAsync(machines::close);
      assertThat(first.lost().get(1, TimeUnit.MINUTES)).contains("the first machine has ended");
      closed.get(1, TimeUnit.MINUTES);
    }
  }

  @Test
  void theOthersNoticeThatTheFirstMachineIsSilent() throws Exception {
    Endpoint silent = new Endpoint(FIRST, FreePort.at(FIRST));
    HttpServer server = HttpServer.create(silent.socket(), 0);
    server.createContext(
        "/join",
        exchange -> {
          byte[] seat =
              MachineMessage.JSON.writeValueAsBytes(new MachineMessage.Joined(1, 2, "127.0.0.2"));
          exchange.sendResponseHeaders(200, seat.length);
          exchange.getResponseBody().write(seat);
          exchange.close();
        });
    server.start();
    try (FirstMachine first =
        FirstMachine.join(
            silent, KEY, Optional.of(SECOND), "not packaged", Duration.ofSeconds(2))) {
      server.stop(0);
      assertThat(first.lost().get(1, TimeUnit.MINUTES))
          .contains("expected the first machine's word, found none for 2 s");
    }
  }

  @Test
  void nobodyListensThere() {
    machines.close();
    assertThatThrownBy(this::join)
        .isInstanceOf(CliException.class)
        .hasMessageContaining("expected a compression that waits for machines, found none there");
  }

  @Test
  void bothPortsMustBeFree() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, FIRST)) {
      Endpoint before = new Endpoint(FIRST, taken.getLocalPort() - 1);
      assertThatThrownBy(() -> TrainingMachines.open(before, 2, KEY, PATIENT, progress))
          .isInstanceOf(CliException.class)
          .hasMessageContaining("--listen " + before)
          .hasMessageContaining("this port and the next one free");
    }
  }

  private FirstMachine join() throws InterruptedException {
    return FirstMachine.join(at, KEY, Optional.of(SECOND), "not packaged", LONG);
  }

  private Path fetch(FirstMachine first, OfferedStage stage, int number) throws Exception {
    Path target = directory.resolve("fetched-" + number);
    first.fetch(number, stage.files().get(number), target, bytes -> {});
    return target;
  }

  private StageRequest stage() {
    return new StageRequest(
        Stage.RECOVER,
        RequestDocument.parseJson(
            """
            {"model": "m", "ranks": {"policy": "full"}, "data": {"train": "d", "tokenizer": "t"},
             "recovery": {}}\
            """),
        artifacts,
        directory);
  }
}
