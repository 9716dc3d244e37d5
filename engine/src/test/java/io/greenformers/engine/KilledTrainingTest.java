package io.greenformers.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.protocol.child.ChildCodec;
import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.RequestDocument;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the process that trains, at random moments: what its successors end with has
 * the bits of a training that nobody disturbed. {@code -Dgreenformers.campaign.kills=…} kills more
 * often than the build does, {@code -Dgreenformers.campaign.seed=…} at other moments.
 */
final class KilledTrainingTest {
  private static final int KILLS = Integer.getInteger("greenformers.campaign.kills", 4);
  private static final long SEED = Long.getLong("greenformers.campaign.seed", 5);
  private static final int MOST_MILLIS = 1500;

  /** Of a process ended by SIGKILL. */
  private static final int KILLED = 128 + 9;

  private static final String REQUEST =
      """
      {"model": "m", "solver": "svd",
       "ranks": {"policy": "uniform", "ratio": 0.25, "multipleOf": 1, "neverSlower": false},
       "data": {"train": "t", "tokenizer": "t", "columns": {"label": "label"}},
       "recovery": {"epochs": 12, "patience": 12, "learningRate": 0.001, "batchSize": 16}}\
      """;

  @TempDir Path directory;

  private final Map<String, Path> artifacts = new HashMap<>();
  private final Random random = new Random(SEED);

  @Test
  void whatGoesOnAfterKillsEndsWithTheSameBits() throws Exception {
    Path bert = Path.of("src/test/resources/bert/model.onnx");
    artifacts.put("original/model.onnx", bert);
    LabelledBert.write(bert, directory, artifacts);
    artifacts.put("data/train", artifacts.remove("data/evaluation"));
    StageRequest factorize = request(Stage.FACTORIZE, "factorized", Optional.empty());
    Compression.run(factorize, (fraction, activity) -> {})
        .artifacts()
        .forEach(name -> artifacts.put(name, factorize.output().resolve(name)));
    assertThat(ends("undisturbed", directory.resolve("undisturbed-kept"), false)).isTrue();

    int kills = 0;
    int saved = 0;
    int trainings = 0;
    while (kills < KILLS) {
      String name = "training-" + trainings++;
      Path kept = directory.resolve(name + "-kept");
      while (!ends(name, kept, kills < KILLS)) {
        kills++;
        saved += hasCheckpoint(kept) ? 1 : 0;
      }
      assertThat(directory.resolve(name).resolve("recovered/model.onnx"))
          .hasSameBinaryContentAs(directory.resolve("undisturbed/recovered/model.onnx"));
    }
    assertThat(saved).as("kills that left a checkpoint to go on from").isPositive();
    System.out.printf("%d kills in %d trainings of seed %d%n", kills, trainings, SEED);
  }

  /** Trains, or goes on; whether the training ended, and was not killed before. */
  private boolean ends(String output, Path kept, boolean disturbed) throws Exception {
    Process process = start(request(Stage.RECOVER, output, Optional.of(kept)));
    try (BufferedReader messages = process.inputReader()) {
      boolean ended = false;
      boolean trains = false;
      for (String line = messages.readLine(); line != null; line = messages.readLine()) {
        // the last line of a killed process may be half of one
        Optional<ChildMessage> message = ChildCodec.message(line);
        ended |= message.filter(ChildMessage.Result.class::isInstance).isPresent();
        if (!trains && message.filter(KilledTrainingTest::tellsOfAnEpoch).isPresent()) {
          trains = true;
          if (disturbed) {
            killLater(process);
          }
        }
      }
      assertThat(process.waitFor()).isIn(disturbed ? List.of(0, KILLED) : List.of(0));
      return ended;
    } finally {
      process.destroyForcibly();
    }
  }

  private static boolean tellsOfAnEpoch(ChildMessage message) {
    return message instanceof ChildMessage.Progress p && p.activity().contains("epoch");
  }

  private static boolean hasCheckpoint(Path kept) throws IOException {
    try (Stream<Path> files = Files.walk(kept)) {
      return files.anyMatch(f -> f.getFileName().toString().equals("training.checkpoint"));
    }
  }

  private void killLater(Process process) {
    int pause = random.nextInt(MOST_MILLIS);
    Thread.ofVirtual()
        .start(() -> {
          try {
            Thread.sleep(pause);
            process.destroyForcibly();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private static Process start(StageRequest request) throws IOException {
    ProcessBuilder child =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-Dgreenformers.engine.checkpointMillis=200",
            "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            Main.class.getName());
    child.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    child.environment().put("OMP_WAIT_POLICY", "PASSIVE");
    child.environment().put("ORT_DISABLE_TELEMETRY", "1");
    Process process = child.redirectError(request.output().resolve("log").toFile()).start();
    // stays open: the child ends with its standard input
    Writer input = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    input.write(ChildCodec.line(request) + "\n");
    input.flush();
    return process;
  }

  private StageRequest request(Stage stage, String output, Optional<Path> kept) throws IOException {
    return new StageRequest(
        stage,
        RequestDocument.parseJson(REQUEST),
        artifacts,
        Files.createDirectories(directory.resolve(output)),
        kept);
  }
}
