package io.greenformers.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.greenformers.engine.data.InvalidDatasetException;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.RequestDocument;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Metrics other than the accuracy, through all stages, on the small BERT and on models of the zoo.
 */
final class MeasuredTasksTest {
  private static final Path BERT = Path.of("src/test/resources/bert/model.onnx");
  private static final int ROWS = 60;

  @TempDir Path output;

  private final Map<String, Path> artifacts = new HashMap<>();

  @ParameterizedTest
  @CsvSource({
    "bert, text-classification, macro-f1",
    "bert, text-classification, matthews",
    "bert, embedding, recall-at-1",
    "bert, embedding, spearman",
    "roberta-token, token-classification, token-f1",
    "roberta-token, token-classification, macro-f1",
    "gpt2, causal-language-modelling, perplexity",
    "gpt2, causal-language-modelling, accuracy",
  })
  void theMetricOfTheTaskIsReported(String model, String task, String metric) throws Exception {
    write();
    artifacts.put("original/model.onnx", model(model));
    run(Stage.INSPECT, task, metric);
    run(Stage.FACTORIZE, task, metric);
    run(Stage.EVALUATE, task, metric);
    JsonNode accuracy =
        new JsonMapper().readTree(output.resolve("report.json").toFile()).get("accuracy");
    assertThat(accuracy.get("metric").asString()).isEqualTo(metric);
    assertThat(accuracy.get("samples").asInt()).isEqualTo(ROWS);
    double drop = accuracy.get("original").asDouble() - accuracy.get("compressed").asDouble();
    assertThat(accuracy.get("drop").asDouble())
        .isEqualTo(metric.equals("perplexity") ? -drop : drop, within(1e-9))
        .isLessThanOrEqualTo(accuracy.get("dropUpperBound").asDouble());
    assertThat(Files.readString(output.resolve("report.html"))).contains(metric + " on 60 of");
  }

  @Test
  void aModelWithoutTheOutputOfTheTaskIsRefused() throws Exception {
    write();
    run(Stage.INSPECT, "text-regression", "pearson");
    run(Stage.FACTORIZE, "text-regression", "pearson");
    assertThatThrownBy(() -> run(Stage.EVALUATE, "text-regression", "pearson"))
        .isInstanceOfSatisfying(
            InvalidDatasetException.class,
            e -> assertThat(e.code()).isEqualTo("dataset-not-for-model"))
        .hasMessageContaining("one output [batch, 1]");
  }

  private static Path model(String name) {
    Path zoo = Path.of("..", "..", "shared", "zoo", name, "model.onnx");
    Assumptions.assumeTrue(
        name.equals("bert") || Files.exists(zoo), "skipped: no " + name + " on this machine");
    return name.equals("bert") ? BERT : zoo;
  }

  /** Rows that serve for every task. */
  private void write() throws Exception {
    LabelledBert.write(BERT, output, artifacts);
    artifacts.put("original/model.onnx", BERT);
    Random random = new Random(1);
    String rows =
        IntStream.range(0, ROWS).mapToObj(i -> row(random, i)).collect(Collectors.joining("\n"));
    artifacts.put("data/evaluation", Files.writeString(output.resolve("rows"), rows));
    Path other = Files.writeString(output.resolve("other"), rows.replace("w1", "w2"));
    artifacts.put("data/train", other);
  }

  private static String row(Random random, int i) {
    int[] words = random.ints(3 + i % 5, 0, 30).toArray();
    String text = IntStream.of(words).mapToObj(w -> "w" + w).collect(Collectors.joining(" "));
    String tokens =
        IntStream.of(words).mapToObj(w -> "\"w" + w + "\"").collect(Collectors.joining(", "));
    String tags = IntStream.of(words).mapToObj(w -> "" + w % 4).collect(Collectors.joining(", "));
    return """
    {"text": "%s", "label": %d, "sentence1": "%s", "sentence2": "%s w%d", "score": %s, "tokens": [%s], "tags": [%s]}\
    """
        .formatted(text, i % 3, text, text, i % 30, i / 10.0, tokens, tags);
  }

  private void run(Stage stage, String task, String metric) {
    boolean pairs = task.equals("embedding");
    String json =
        """
        {"model": "m", "budget": {"sizeRatio": 0.7}, "solver": "svd",
         "ranks": {"policy": "uniform", "ratio": 0.5, "neverSlower": false},
         "data": {"evaluation": "e", "train": "t", "tokenizer": "t", "task": "%s", "columns": {%s}},
         "evaluation": {"metric": "%s",
                        "latency": {"batchSizes": [1], "sequenceLengths": [8]}}}
        """
            .formatted(task, pairs || task.startsWith("token") ? "" : "\"text\": \"text\"", metric);
    StageRequest request =
        new StageRequest(stage, RequestDocument.parseJson(json), artifacts, output);
    Compression.run(request, (fraction, activity) -> {})
        .artifacts()
        .forEach(name -> artifacts.put(name, output.resolve(name)));
  }
}
