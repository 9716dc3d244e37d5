package io.greenformers.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.greenformers.engine.data.InvalidDatasetException;
import io.greenformers.engine.recovery.UntrainableException;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.RequestDocument;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Factorizes a small BERT to a quarter, and trains it on texts that the original labelled. */
final class RecoverStageTest {
  private static final Path BERT = Path.of("src/test/resources/bert/model.onnx");
  private static final String RECOVERY =
      "{\"epochs\": 3, \"learningRate\": 0.001, \"batchSize\": 16, \"labels\": 0.3}";

  @TempDir Path directory;

  private final Map<String, Path> artifacts = new HashMap<>();

  @BeforeEach
  void factorize() throws IOException {
    artifacts.put("original/model.onnx", BERT);
    LabelledBert.write(BERT, directory, artifacts);
    artifacts.put("data/train", artifacts.remove("data/evaluation"));
    run(Stage.FACTORIZE, RECOVERY, "factorized", Optional.empty());
  }

  @Test
  void theStudentComesNearerToTheTeacherAndTheReportSaysSo() throws Exception {
    run(Stage.RECOVER, RECOVERY, "out", Optional.empty());
    run(Stage.EVALUATE, RECOVERY, "out", Optional.empty());
    JsonNode report = json("out/report.json");
    JsonNode recovery = report.get("recovery");
    assertThat(recovery.get("epochs").asInt()).isEqualTo(3);
    assertThat(recovery.get("steps").asInt()).isPositive();
    assertThat(recovery.get("lossLast").asDouble())
        .isLessThan(recovery.get("lossFirst").asDouble());
    JsonNode quality = recovery.get("quality");
    assertThat(quality.size()).isEqualTo(4);
    assertThat(quality.get(recovery.get("bestEpoch").asInt()).get("loss").asDouble())
        .isLessThan(quality.get(0).get("loss").asDouble());
    assertThat(report.get("size").get("ratio").asDouble()).isLessThan(0.8);
    assertThat(report.get("accuracy").get("split").asString()).isEqualTo("train (one third)");
    assertThat(
            Files.mismatch(
                directory.resolve("out/recovered/model.onnx"),
                directory.resolve("factorized/compressed/model.onnx")))
        .isNotEqualTo(-1);
  }

  @Test
  void theSameRequestGivesTheSameBits() throws Exception {
    run(Stage.RECOVER, RECOVERY, "one", Optional.empty());
    run(Stage.RECOVER, RECOVERY, "two", Optional.empty());
    assertSame("one", "two");
  }

  @Test
  void aTrainingThatWasStoppedGoesOnToTheSameBits() throws Exception {
    run(Stage.RECOVER, RECOVERY, "whole", Optional.empty());
    Optional<Path> work = Optional.of(directory.resolve("work"));
    assertThatThrownBy(() ->
            Compression.run(
                request(Stage.RECOVER, RECOVERY, "stopped", work),
                (fraction, activity) -> {
                  if (activity.startsWith("epoch 3") || fraction > 0.9) {
                    throw new StageCancelledException();
                  }
                }))
        .isInstanceOf(StageCancelledException.class);
    List<String> activities = new ArrayList<>();
    Compression.run(
        request(Stage.RECOVER, RECOVERY, "resumed", work),
        (fraction, activity) -> activities.add(activity));
    assertThat(activities).noneMatch(a -> a.startsWith("epoch 1") || a.startsWith("looking"));
    assertSame("whole", "resumed");
  }

  @Test
  void aBatchInPartsTrainsAsOneInAPiece() throws Exception {
    run(Stage.RECOVER, RECOVERY, "whole", Optional.empty());
    run(Stage.RECOVER, RECOVERY.replace("}", ", \"accumulation\": 4}"), "parts", Optional.empty());
    double whole = json("whole/recovery.json").get("training").get("lossLast").asDouble();
    double parts = json("parts/recovery.json").get("training").get("lossLast").asDouble();
    // relative distances are taken in each part, and fp32 sums differ
    assertThat(parts).isCloseTo(whole, withinPercentage(5));
  }

  @Test
  void trainsInBfloat16() throws Exception {
    run(
        Stage.RECOVER,
        RECOVERY.replace("}", ", \"precision\": \"bf16\"}"),
        "out",
        Optional.empty());
    JsonNode training = json("out/recovery.json").get("training");
    assertThat(training.get("precision").asString()).isEqualTo("bf16");
    assertThat(training.get("lossLast").asDouble())
        .isLessThan(training.get("lossFirst").asDouble());
  }

  @Test
  void aTrainingThatEndsEarlySaysWhy() throws Exception {
    run(
        Stage.RECOVER,
        RECOVERY.replace("0.001", "1").replace("}", ", \"patience\": 1}"),
        "out",
        Optional.empty());
    JsonNode training = json("out/recovery.json").get("training");
    assertThat(training.get("epochs").asInt()).isLessThan(3);
    assertThat(training.get("bestEpoch").asInt()).isZero();
    assertThat(training.get("endedEarly").asString()).isNotEmpty();
    run(Stage.EVALUATE, RECOVERY, "out", Optional.empty());
    assertThat(Files.readString(directory.resolve("out/report.html"))).contains("It ended early");
  }

  @Test
  void onlyFactorsAreTrainedWhereThatIsAskedFor() throws Exception {
    String factors = RECOVERY.replace("}", ", \"weights\": \"factors\"}");
    run(Stage.RECOVER, factors, "out", Optional.empty());
    assertThat(json("out/recovery.json").get("training").get("steps").asInt()).isPositive();
    assertThatThrownBy(() ->
            run(
                Stage.RECOVER,
                RECOVERY.replace("}", ", \"include\": [\"nothing-of-this-name\"]}"),
                "none",
                Optional.empty()))
        .isInstanceOf(UntrainableException.class)
        .hasMessageContaining("recovery.include");
  }

  @Test
  void aLabelThatTheModelDoesNotKnowIsRefusedBeforeTraining() throws Exception {
    Path train = artifacts.get("data/train");
    Files.writeString(train, Files.readString(train) + "w1 w2 w3,4711\n");
    assertThatThrownBy(() -> run(Stage.RECOVER, RECOVERY, "out", Optional.empty()))
        .isInstanceOf(InvalidDatasetException.class)
        .hasMessageContaining("4711");
  }

  @Test
  void aDeviceThatIsNotThereIsRefused() {
    assertThatThrownBy(() ->
            run(
                Stage.RECOVER,
                RECOVERY.replace("}", ", \"device\": \"cuda\"}"),
                "out",
                Optional.empty()))
        .isInstanceOf(UntrainableException.class)
        .hasMessageContaining("recovery.device");
  }

  private void assertSame(String one, String other) throws IOException {
    assertThat(
            Files.mismatch(
                directory.resolve(one).resolve("recovered/model.onnx"),
                directory.resolve(other).resolve("recovered/model.onnx")))
        .isEqualTo(-1);
  }

  private JsonNode json(String name) {
    return new JsonMapper().readTree(directory.resolve(name).toFile());
  }

  private void run(Stage stage, String recovery, String output, Optional<Path> work)
      throws IOException {
    StageRequest request = request(stage, recovery, output, work);
    Compression.run(request, (fraction, activity) -> {})
        .artifacts()
        .forEach(name -> artifacts.put(name, request.output().resolve(name)));
  }

  private StageRequest request(Stage stage, String recovery, String output, Optional<Path> work) {
    String json =
        """
        {"model": "m", "solver": "svd",
         "ranks": {"policy": "uniform", "ratio": 0.25, "multipleOf": 1, "neverSlower": false},
         "data": {"train": "t", "tokenizer": "t", "columns": {"label": "label"}},
         "recovery": %s,
         "evaluation": {"latency": {"batchSizes": [2], "sequenceLengths": [8]}}}\
        """
            .formatted(recovery);
    try {
      return new StageRequest(
          stage,
          RequestDocument.parseJson(json),
          artifacts,
          Files.createDirectories(directory.resolve(output)),
          work);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
