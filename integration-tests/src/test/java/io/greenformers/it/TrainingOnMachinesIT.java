package io.greenformers.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.testing.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two command lines that train together, each with a directory of its own. */
final class TrainingOnMachinesIT {
  private static final String KEY = "a-key-for-tests-of-thirty-two-characters";
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final String TOKENIZER =
      """
      {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
       "normalizer": null, "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": null,
       "decoder": null,
       "model": {"type": "WordLevel", "unk_token": "?", "vocab": {"?": 0, "a": 1, "b": 2, "c": 3}}}
      """;

  @TempDir Path directory;

  private final List<Process> machines = new ArrayList<>();
  private Path model = Path.of("");
  private String at = "";

  @BeforeEach
  void prepare() throws IOException {
    model =
        Files.copy(
            MainJobIT.BERT, Files.createDirectory(directory.resolve("in")).resolve("bert.onnx"));
    Files.writeString(directory.resolve("tokenizer.json"), TOKENIZER);
    Files.writeString(
        directory.resolve("train.txt"),
        IntStream.range(0, 120)
            .mapToObj(i -> "a b c ".repeat(1 + i % 7) + "b ".repeat(i % 5) + "c".repeat(i % 2))
            .collect(Collectors.joining("\n")));
    at = "127.0.0.1:" + FreePort.onLoopback();
  }

  @AfterEach
  void end() {
    machines.forEach(machine -> {
      machine.descendants().forEach(ProcessHandle::destroyForcibly);
      machine.destroyForcibly();
    });
  }

  @Test
  void trainTogetherAndOnlyTheFirstKeepsAnything() throws Exception {
    Process first = compress("--epochs=2");
    Process second = join();
    assertThat(exit(second)).as(said("second")).isZero();
    assertThat(exit(first)).as(said("first")).isZero();
    assertThat(said("first")).contains("machine 2 (127.0.0.1) has joined");
    assertThat(said("second"))
        .contains("joined the training at " + at + " as machine 2 of 2")
        .contains("the training has ended; its result is on the first machine");
    assertThat(directory.resolve("out"))
        .isDirectoryContaining("glob:**model.onnx")
        .isDirectoryContaining("glob:**report.html");
    assertThat(directory.resolve("second")).isEmptyDirectory();
  }

  @Test
  void aKilledTrainingOfTheSecondFailsTheFirstByName() throws Exception {
    Pair pair = trainingPair();
    pair.second.children().forEach(ProcessHandle::destroyForcibly);
    assertThat(exit(pair.first)).isEqualTo(1);
    assertThat(exit(pair.second)).isEqualTo(1);
    assertThat(said("first")).contains("machine 2 (127.0.0.1): failed (crashed): ", "137");
    assertThat(directory.resolve("second")).isEmptyDirectory();
  }

  @Test
  void theFirstEndsWithASecondThatIsInterrupted() throws Exception {
    Pair pair = trainingPair();
    pair.second.destroy();
    assertThat(exit(pair.first)).isEqualTo(1);
    assertThat(said("first")).contains("machine 2 (127.0.0.1): it was interrupted");
    exit(pair.second);
    assertThat(directory.resolve("second")).isEmptyDirectory();
  }

  @Test
  void theSecondEndsWithAFirstThatIsInterrupted() throws Exception {
    Pair pair = trainingPair();
    pair.first.destroy();
    exit(pair.first);
    assertThat(exit(pair.second)).isEqualTo(1);
    assertThat(directory.resolve("second")).isEmptyDirectory();
  }

  private record Pair(Process first, Process second) {}

  /** Two that are in the midst of a training that is long enough to disturb it. */
  private Pair trainingPair() throws Exception {
    Process first = compress("--epochs=80", "--patience=80");
    Process second = join();
    await("first", "epoch ");
    return new Pair(first, second);
  }

  private Process compress(String... training) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "compress",
                model.toString(),
                "--out=" + directory.resolve("out"),
                "--rank-policy=uniform",
                "--ratio=0.5",
                "--train=" + directory.resolve("train.txt"),
                "--tokenizer=" + directory.resolve("tokenizer.json"),
                "--batch-sizes=1",
                "--sequence-lengths=8",
                "--batch-size=15",
                "--device=cpu",
                "--machines=2",
                "--listen=" + at));
    arguments.addAll(List.of(training));
    return start("first", CommandLine.command(arguments.toArray(String[]::new)));
  }

  private Process join() throws Exception {
    await("first", "greenformers join " + at);
    return start("second", CommandLine.command("join", at));
  }

  private Process start(String name, List<String> command) throws IOException {
    command.add(1, "-Djava.io.tmpdir=" + Files.createDirectory(directory.resolve(name)));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectError(directory.resolve(name + ".err").toFile())
            .redirectOutput(directory.resolve(name + ".out").toFile());
    builder.environment().put("GREENFORMERS_JOIN_KEY", KEY);
    Process process = builder.start();
    machines.add(process);
    return process;
  }

  private static int exit(Process process) throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  private void await(String name, String words) throws InterruptedException {
    Waiting.until(() -> said(name).contains(words), PATIENCE);
  }

  private String said(String name) {
    try {
      return Files.readString(directory.resolve(name + ".err"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
