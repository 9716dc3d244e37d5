package io.greenformers.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.engine.data.InvalidDatasetException;
import io.greenformers.engine.runtime.UnrunnableModelException;
import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.RequestDocument;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The three stages on a small BERT that lies in the test resources. */
final class StagesTest {
  private static final Path BERT = Path.of("src/test/resources/bert/model.onnx");

  @TempDir Path output;

  private final Map<String, Path> artifacts = new HashMap<>();

  @Test
  void compressesToTheBudgetAndReportsIt() throws Exception {
    ChildMessage.Result result = compress("{\"sizeRatio\": 0.7}");
    JsonNode report = new JsonMapper().readTree(output.resolve("report.json").toFile());
    assertThat(result.gatePassed()).isTrue();
    assertThat(report.get("state").asString()).isEqualTo("SUCCEEDED");
    assertThat(report.get("size").get("ratio").asDouble()).isBetween(0.4, 0.7);
    assertThat(report.get("size").get("compressedBytes").asLong())
        .isEqualTo(Files.size(output.resolve("compressed/model.onnx")));
    assertThat(report.get("parity").get("maxRelative").asDouble()).isLessThan(1e-4);
    assertThat(report.get("latency").size()).isEqualTo(1);
    assertThat(Files.readString(output.resolve("report.html")))
        .contains("Passed: every bound")
        .contains("<h2>Spectra</h2>", "<h2>Sites</h2>");
    assertThat(Files.readString(output.resolve("report.md"))).startsWith("## ✅ Passed");
    assertThat(Files.readString(output.resolve("report.junit.xml"))).contains("failures=\"0\"");
    assertThat(
            report
                .get("parts")
                .valueStream()
                .mapToLong(p -> p.get("compressedBytes").asLong())
                .sum())
        .isEqualTo(report.get("size").get("compressedBytes").asLong());
    assertThat(json("manifest.json").get("ranks").size())
        .isEqualTo(
            (int)
                report
                    .get("sites")
                    .valueStream()
                    .filter(s -> s.get("decision").asString().equals("factorize"))
                    .count());
  }

  @Test
  void namesTheBoundThatDoesNotHold() {
    assertThat(compress("{\"sizeRatio\": 0.01}"))
        .isInstanceOfSatisfying(
            ChildMessage.Result.class,
            r -> {
              assertThat(r.gatePassed()).isFalse();
              assertThat(r.bound()).isEqualTo("sizeRatio");
            });
  }

  @Test
  void comparesAnyTwoModels() {
    artifacts.put("original/model.onnx", BERT);
    artifacts.put("compressed/model.onnx", BERT);
    ChildMessage.Result result = run(Stage.VERIFY, "{\"sizeRatio\": 0.9}");
    assertThat(result.bound()).isEqualTo("sizeRatio");
    JsonNode report = json("report.json");
    assertThat(report.get("method").asString()).isEqualTo("verification");
    assertThat(report.get("fidelity").get("cosine").asDouble()).isEqualTo(1, within(1e-9));
    assertThat(report.has("parity")).isFalse();
  }

  @Test
  void stopsWhenItIsCancelled() {
    artifacts.put("original/model.onnx", BERT);
    assertThatThrownBy(() ->
            Compression.run(
                request(Stage.INSPECT, "{\"sizeRatio\": 0.5}"),
                (fraction, activity) -> {
                  throw new StageCancelledException();
                }))
        .isInstanceOf(StageCancelledException.class);
  }

  @Test
  void refusesWhatOnlyTheRuntimeKnowsToBeWrong() throws Exception {
    Path shared = Path.of("..", "..", "shared", "cases", "hostile", "unknown-op", "model.onnx");
    Assumptions.assumeTrue(
        Files.exists(shared), "skipped: the hostile models are not on this machine");
    artifacts.put("original/model.onnx", shared);
    assertThatThrownBy(() -> run(Stage.INSPECT, "{\"sizeRatio\": 0.5}"))
        .isInstanceOf(UnrunnableModelException.class)
        .hasMessageNotContaining(output.toString());
  }

  @Test
  void theBoundOfTheDropInAccuracyIsAGate() throws Exception {
    LabelledBert.write(BERT, output, artifacts);
    String rank =
        "\"solver\": \"random\", \"ranks\": {\"policy\": \"fixed\", \"rank\": 1, \"multipleOf\": 1, \"neverSlower\": false}, ";
    String data = "\"data\": {\"evaluation\": \"e\", \"train\": \"t\", \"tokenizer\": \"t\"}";
    ChildMessage.Result result = compress("{\"accuracyDrop\": 0.05}, " + rank + data);
    assertThat(result.gatePassed()).isFalse();
    assertThat(result.bound()).isEqualTo("accuracyDrop");
    JsonNode report = new JsonMapper().readTree(output.resolve("report.json").toFile());
    JsonNode accuracy = report.get("accuracy");
    assertThat(accuracy.get("samples").asInt()).isEqualTo(LabelledBert.TEXTS);
    assertThat(accuracy.get("original").asDouble()).isEqualTo(1);
    assertThat(accuracy.get("drop").asDouble())
        .isEqualTo(1 - accuracy.get("compressed").asDouble(), within(1e-12))
        .isLessThanOrEqualTo(accuracy.get("dropUpperBound").asDouble());
    assertThat(accuracy.get("split").asString()).isEqualTo("evaluation");
    assertThat(Files.readString(output.resolve("report.html")))
        .contains("<h2>Accuracy</h2>")
        .contains("Not passed: the bound accuracyDrop");
  }

  @Test
  void theFisherSolverDifferentiatesTheLossOfTheTexts() throws Exception {
    LabelledBert.write(BERT, output, artifacts);
    artifacts.remove("data/train");
    String more =
        """
        {"sizeRatio": 0.7}, "solver": "fisher", "storage": {"dense": "keep"},
        "data": {"task": "text-classification", "evaluation": "e", "tokenizer": "t"}\
        """;
    assertThat(compress(more).gatePassed()).isTrue();
    JsonNode report = new JsonMapper().readTree(output.resolve("report.json").toFile());
    assertThat(report.get("solver").asString()).isEqualTo("fisher");
    assertThat(report.get("size").get("ratio").asDouble()).isLessThanOrEqualTo(0.7);
  }

  @Test
  void aWeightThatHoldsNoNumbersStaysAndSaysWhere() throws Exception {
    ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(BERT)).toBuilder();
    TensorProto.Builder broken =
        model.getGraphBuilder().getInitializerBuilderList().stream()
            .filter(t -> t.getDimsCount() == 2 && t.getDims(0) == t.getDims(1))
            .findFirst()
            .orElseThrow();
    byte[] bytes = broken.getRawData().toByteArray();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(4, Float.NaN);
    broken.setRawData(ByteString.copyFrom(bytes));
    Path file = Files.write(output.resolve("nan.onnx"), model.build().toByteArray());
    artifacts.put("original/model.onnx", file);
    run(Stage.FACTORIZE, "{\"sizeRatio\": 0.7}");
    JsonNode sites =
        new JsonMapper().readTree(output.resolve("factorization.json").toFile()).get("sites");
    assertThat(sites.valueStream().map(s -> s.get("reason").asString()))
        .filteredOn(reason -> reason.contains("found NaN at row"))
        .hasSize(1);
    assertThat(sites.valueStream().map(s -> s.get("decision").asString())).contains("factorize");
  }

  @Test
  void tooFewTextsForTheBoundAreRefused() throws Exception {
    LabelledBert.write(BERT, output, artifacts);
    assertThatThrownBy(() ->
            compress(
                "{\"accuracyDrop\": 0.001, \"sizeRatio\": 0.9}, \"data\": {\"evaluation\": \"e\", \"train\": \"t\", \"tokenizer\": \"t\"}"))
        .isInstanceOf(InvalidDatasetException.class)
        .hasMessageContaining("at least 2995 examples");
  }

  private JsonNode json(String name) {
    return new JsonMapper().readTree(output.resolve(name).toFile());
  }

  private ChildMessage.Result compress(String budget) {
    artifacts.put("original/model.onnx", BERT);
    run(Stage.INSPECT, budget);
    run(Stage.FACTORIZE, budget);
    return run(Stage.EVALUATE, budget);
  }

  private ChildMessage.Result run(Stage stage, String budget) {
    ChildMessage.Result result =
        Compression.run(request(stage, budget), (fraction, activity) -> {});
    result.artifacts().forEach(name -> artifacts.put(name, output.resolve(name)));
    return result;
  }

  private StageRequest request(Stage stage, String budget) {
    String json =
        """
        {"model": "m", "budget": %s,
         "evaluation": {"latency": {"batchSizes": [2], "sequenceLengths": [8]}}}\
        """
            .formatted(budget);
    return new StageRequest(stage, RequestDocument.parseJson(json), artifacts, output);
  }
}
