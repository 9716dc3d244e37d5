package io.greenformers.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.engine.data.InvalidDatasetException;
import io.greenformers.engine.data.NpzWriter;
import io.greenformers.engine.data.RandomInputs;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.RequestDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Ready tensors through all stages: models that no tokenizer speaks to, and labels. */
final class TensorStagesTest {
  private static final Path BERT = Path.of("src/test/resources/bert/model.onnx");
  private static final int ROWS = 48;
  private static final int WORDS = 8;
  private static final long SEED = 5;
  private static final String RECOVERY =
      "\"recovery\": {\"epochs\": 4, \"learningRate\": 0.0003, \"batchSize\": 4}, ";

  @TempDir Path output;

  private final Map<String, Path> artifacts = new HashMap<>();

  @ParameterizedTest
  @CsvSource({"wav2vec2-ctc, 4096", "vit, 1", "whisper-encoder, 1"})
  void modelsOfSpeechAndImagesAreCalibratedRecoveredAndCompared(String name, int length)
      throws Exception {
    Path model = Path.of("..", "..", "shared", "zoo", name, "model.onnx");
    Assumptions.assumeTrue(Files.exists(model), "skipped: no " + name + " on this machine");
    artifacts.put("original/model.onnx", model);
    Map<String, Tensor> inputs = inputs(model, length, SEED);
    artifacts.put("data/train", NpzWriter.write(output.resolve("train"), inputs));
    String request = RECOVERY + "\"data\": {\"train\": \"t\"}";
    run(Stage.FACTORIZE, request);
    run(Stage.RECOVER, request);
    run(Stage.EVALUATE, request);
    JsonNode report = report();
    assertThat(report.get("solver").asString()).isEqualTo("activation-aware");
    assertThat(report.get("size").get("ratio").asDouble()).isLessThan(1);
    assertThat(report.get("fidelity").get("cosine").asDouble()).isBetween(0.5, 1.0);
    assertThat(report.has("accuracy")).isFalse();
    JsonNode quality = report.get("recovery").get("quality");
    int best = report.get("recovery").get("bestEpoch").asInt();
    assertThat(quality.get(best).get("loss").asDouble())
        .isLessThan(quality.get(0).get("loss").asDouble());
  }

  @Test
  void labelsAreMeasuredAndTheirBoundIsAGate() throws Exception {
    writeLabelled();
    String bound = "\"data\": {\"evaluation\": \"e\", \"train\": \"t\"}, \"solver\": \"random\"";
    ChildMessage.Result result = compress(bound, "{\"accuracyDrop\": 0.1}");
    assertThat(result.gatePassed()).isFalse();
    assertThat(result.bound()).isEqualTo("accuracyDrop");
    JsonNode accuracy = report().get("accuracy");
    assertThat(accuracy.get("metric").asString()).isEqualTo("accuracy");
    assertThat(accuracy.get("split").asString()).isEqualTo("evaluation");
    assertThat(accuracy.get("samples").asInt()).isEqualTo(ROWS);
    // the model itself labelled them
    assertThat(accuracy.get("original").asDouble()).isEqualTo(1);
    assertThat(accuracy.get("dropUpperBound").asDouble())
        .isGreaterThanOrEqualTo(accuracy.get("drop").asDouble());
  }

  @Test
  void anotherMetricOfTheLabelsMayBeAskedForButNoneOfOthers() throws Exception {
    writeLabelled();
    String data = "\"data\": {\"evaluation\": \"e\", \"train\": \"t\"}, \"solver\": \"svd\", ";
    compress(data + metric("macro-f1"), "{}");
    assertThat(report().get("accuracy").get("metric").asString()).isEqualTo("macro-f1");
    assertThatThrownBy(() -> run(Stage.EVALUATE, data + metric("pearson"), "{}"))
        .isInstanceOf(InvalidDatasetException.class)
        .hasMessageContaining("evaluation.metric")
        .hasMessageContaining("accuracy, macro-f1");
  }

  @Test
  void ranksAreChosenForABoundByLabels() throws Exception {
    writeLabelled();
    String request = "\"data\": {\"evaluation\": \"e\", \"train\": \"t\"}, " + policy("budget");
    run(Stage.FACTORIZE, request, "{\"accuracyDrop\": 0.1}");
    run(Stage.EVALUATE, request, "{\"accuracyDrop\": 0.1}");
    assertThat(report().get("plan").get("candidates").valueStream())
        .filteredOn(tried -> tried.has("dropUpperBound"))
        .anyMatch(tried -> tried.get("dropUpperBound").asDouble() <= 0.1)
        .anyMatch(tried -> tried.get("sizeRatio").asDouble() < 0.5);
  }

  @Test
  void labelsAreLearntFromAndNotNeededWhereTheOriginalTeaches() throws Exception {
    writeLabelled();
    String request = RECOVERY + "\"data\": {\"train\": \"t\"}, \"solver\": \"svd\"";
    run(Stage.FACTORIZE, request);
    run(Stage.RECOVER, request);
    JsonNode training =
        new JsonMapper().readTree(output.resolve("recovery.json").toFile()).get("training");
    assertThat(training.get("quality").get(0).has("accuracy")).isTrue();
    String byLabels =
        request.replace("\"epochs\"", "\"distillation\": {\"logits\": 0}, \"epochs\"");
    Map<String, Tensor> unlabelled = inputs(BERT, WORDS, SEED + 2);
    artifacts.put("data/train", NpzWriter.write(output.resolve("unlabelled"), unlabelled));
    run(Stage.RECOVER, request);
    assertThatThrownBy(() -> run(Stage.RECOVER, byLabels))
        .isInstanceOf(InvalidDatasetException.class)
        .hasMessageContaining("data.train")
        .hasMessageContaining("'labels'");
  }

  @Test
  void theFisherSolverDifferentiatesTheLossOfLabels() throws Exception {
    writeLabelled();
    compress("\"data\": {\"train\": \"t\"}, \"solver\": \"fisher\"", "{}");
    assertThat(report().get("solver").asString()).isEqualTo("fisher");
  }

  private ChildMessage.Result compress(String request, String budget) {
    run(Stage.FACTORIZE, request, budget);
    return run(Stage.EVALUATE, request, budget);
  }

  /** Rows of tokens that the small BERT labelled by its pooled output. */
  private void writeLabelled() throws Exception {
    artifacts.put("original/model.onnx", BERT);
    artifacts.put("data/evaluation", writeLabelled("evaluation", SEED));
    artifacts.put("data/train", writeLabelled("train", SEED + 1));
  }

  private Path writeLabelled(String file, long seed) throws Exception {
    try (ModelSession session = ModelSession.open(BERT, Optimization.ALL)) {
      Map<String, Tensor> tensors = new HashMap<>(inputs(BERT, WORDS, seed));
      Tensor pooled =
          session.run(tensors).values().stream()
              .filter(t -> t.shape().size() == 2)
              .findFirst()
              .orElseThrow();
      long[] labels =
          IntStream.range(0, ROWS).mapToLong(row -> LabelledBert.largest(pooled, row)).toArray();
      tensors.put("labels", NpzWriter.longs(List.of((long) ROWS), labels));
      return NpzWriter.write(output.resolve(file), tensors);
    }
  }

  private Map<String, Tensor> inputs(Path model, int length, long seed) {
    try (ModelSession session = ModelSession.open(model, Optimization.ALL)) {
      return new RandomInputs(session.inputs(), LabelledBert.bounds(model, output), seed)
          .next(ROWS, length);
    }
  }

  private static String metric(String metric) {
    return "\"evaluation\": {\"metric\": \"%s\", \"latency\": {\"batchSizes\": [1], \"sequenceLengths\": [8]}}"
        .formatted(metric);
  }

  private static String policy(String policy) {
    return "\"ranks\": {\"policy\": \"%s\", \"neverSlower\": false, \"multipleOf\": 1}"
        .formatted(policy);
  }

  private JsonNode report() {
    return new JsonMapper().readTree(output.resolve("report.json").toFile());
  }

  private void run(Stage stage, String request) {
    run(stage, request, "{}");
  }

  private ChildMessage.Result run(Stage stage, String more, String budget) {
    String ranks =
        more.contains("\"ranks\"")
            ? ""
            : "\"ranks\": {\"policy\": \"uniform\", \"ratio\": 0.25, \"neverSlower\": false, \"multipleOf\": 1},";
    String grid =
        more.contains("\"evaluation\": {")
            ? ""
            : ", \"evaluation\": {\"latency\": {\"batchSizes\": [1], \"sequenceLengths\": [8]}}";
    String json =
        "{\"model\": \"m\", \"budget\": %s, %s %s%s}".formatted(budget, ranks, more, grid);
    ChildMessage.Result result =
        Compression.run(
            new StageRequest(stage, RequestDocument.parseJson(json), artifacts, output),
            (fraction, activity) -> {});
    result.artifacts().forEach(name -> artifacts.put(name, output.resolve(name)));
    return result;
  }
}
