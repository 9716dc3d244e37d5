package io.greenformers.engine;

import static io.greenformers.engine.graphs.Graphs.attribute;
import static io.greenformers.engine.graphs.Graphs.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.engine.graphs.Graphs;
import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.RequestDocument;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Models as exporters and quantizers leave them, other than a plain encoder. */
final class UnusualModelsTest {
  private static final int SIZE = 32;
  private static final int WORDS = 48;
  private static final List<Stage> WITHOUT_TRAINING =
      List.of(Stage.INSPECT, Stage.FACTORIZE, Stage.EVALUATE);

  @TempDir Path output;

  private final Random random = new Random(5);
  private final Map<String, Path> artifacts = new HashMap<>();
  private final GraphProto.Builder graph = GraphProto.newBuilder();

  @Test
  void aDecoderWithACacheWhoseMaskCoversBoth() throws Exception {
    input("x", DataType.FLOAT, "batch", "sequence_length", SIZE);
    input("past", DataType.FLOAT, "batch", "past_sequence_length", SIZE);
    input("attention_mask", DataType.INT64, "batch", "past_sequence_length + sequence_length");
    attention("x", "past");
    output("attended", "batch", "sequence_length", SIZE);
    JsonNode report = compress("", WITHOUT_TRAINING);
    assertThat(decisions(report)).containsExactly("factorize", "factorize");
    assertThat(report.at("/latency/0").has("reason")).isFalse();
  }

  @Test
  void aDecoderWithACacheLearnsFromTexts() throws Exception {
    input("input_ids", DataType.INT64, "batch", "sequence_length");
    input("attention_mask", DataType.INT64, "batch", "past_sequence_length + sequence_length");
    input("past_key_values.0.key", DataType.FLOAT, "batch", "past_sequence_length", SIZE);
    weight("words", WORDS, SIZE);
    weight("head", SIZE, WORDS);
    node("Gather", "embedded", "words", "input_ids");
    attention("embedded", "past_key_values.0.key");
    node("MatMul", "logits", "attended", "head");
    output("logits", "batch", "sequence_length", WORDS);
    output("keys", "batch", "past_sequence_length + sequence_length", SIZE);
    JsonNode report = compressWithTexts("causal-language-modelling");
    assertThat(decisions(report)).contains("factorize");
    assertThat(report.at("/recovery/steps").asInt()).isPositive();
    assertThat(report.at("/accuracy/metric").asString()).isEqualTo("perplexity");
    assertThat(report.at("/accuracy/compressed").asDouble()).isBetween(1.0, 2.0 * WORDS);
  }

  @Test
  void oneOfFixedSizesLearnsFromTexts() throws Exception {
    input("input_ids", DataType.INT64, 1, 12);
    input("attention_mask", DataType.INT64, 1, 12);
    weight("words", WORDS, SIZE);
    weight("head", SIZE, WORDS);
    weight("none", 0, SIZE);
    node("Gather", "embedded", "words", "input_ids");
    node("Unsqueeze", "nothing", attribute("axes", List.of(0L)), "none");
    attention("embedded", "nothing");
    node("MatMul", "logits", "attended", "head");
    output("logits", 1, 12, WORDS);
    JsonNode report = compressWithTexts("causal-language-modelling");
    // a third of the 90 is evaluated on, a tenth of the rest held out; 16 a step, one after the
    // other
    assertThat(report.at("/recovery/steps").asInt()).isEqualTo(4);
    assertThat(report.at("/accuracy/compressed").asDouble()).isBetween(1.0, 2.0 * WORDS);
  }

  private JsonNode compressWithTexts(String task) throws Exception {
    artifacts.put("data/train", Files.writeString(output.resolve("train.txt"), texts()));
    artifacts.put(
        "data/tokenizer", Files.writeString(output.resolve("tokenizer.json"), tokenizer()));
    return compress(
        """
        "data": {"train": "t", "tokenizer": "t", "task": "%s"},
        "recovery": {"epochs": 1, "device": "cpu", "batchSize": 16},\
        """
            .formatted(task),
        List.of(Stage.INSPECT, Stage.FACTORIZE, Stage.RECOVER, Stage.EVALUATE));
  }

  private static String texts() {
    return IntStream.range(0, 90)
        .mapToObj(line ->
            IntStream.range(0, 4 + line % 5)
                .mapToObj(i -> "w" + (line + 3 * i) % WORDS)
                .collect(Collectors.joining(" ")))
        .collect(Collectors.joining("\n"));
  }

  private static String tokenizer() {
    String words =
        IntStream.range(0, WORDS)
            .mapToObj(i -> "\"w%d\": %d".formatted(i, i))
            .collect(Collectors.joining(", "));
    return """
    {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
     "normalizer": null, "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": null,
     "decoder": null, "model": {"type": "WordLevel", "unk_token": "w0", "vocab": {%s}}}\
    """
        .formatted(words);
  }

  @Test
  void oneThatWasQuantizedBeforeSaysWhyNothingIsFactorized() throws Exception {
    input("x", DataType.FLOAT, "batch", "sequence", SIZE);
    byte[] integers = new byte[SIZE * SIZE];
    random.nextBytes(integers);
    graph.addInitializer(
        TensorProto.newBuilder()
            .setName("weight_quantized")
            .setDataType(DataType.INT8.number())
            .addAllDims(List.of((long) SIZE, (long) SIZE))
            .setRawData(ByteString.copyFrom(integers)));
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType("DynamicQuantizeLinear")
            .addInput("x")
            .addAllOutput(List.of("x_quantized", "x_scale", "x_zero")));
    node("MatMulInteger", "sum", "x_quantized", "weight_quantized", "x_zero");
    node("Cast", "float", attribute("to", (long) DataType.FLOAT.number()), "sum");
    node("Mul", "y", "float", "x_scale");
    output("y", "batch", "sequence", SIZE);
    JsonNode report = compress("", WITHOUT_TRAINING);
    assertThat(report.get("sites")).isEmpty();
    assertThat(report.at("/plan/remarks").valueStream().map(JsonNode::asString))
        .anySatisfy(remark ->
            assertThat(remark).contains("1 products are left as they are", "MatMulInteger"))
        .anySatisfy(remark -> assertThat(remark).startsWith("no weight can be factorized"));
    assertThat(json("inspection.json").get("remarks")).hasSize(2);
  }

  @Test
  void oneWhoseInputHasNoShapeIsRefusedWithItsName() {
    input("x", DataType.FLOAT);
    graph.getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder().clearShape();
    weight("w", SIZE, SIZE);
    node("MatMul", "y", "x", "w");
    output("y", "batch", "sequence", SIZE);
    assertThatThrownBy(() -> compress("", WITHOUT_TRAINING))
        .hasMessageContaining("'x' declared without one");
  }

  private static List<String> decisions(JsonNode report) {
    return report.get("sites").valueStream().map(s -> s.get("decision").asString()).toList();
  }

  /** Each place looks at all of the cache and of the text, as far as the mask lets it. */
  private void attention(String x, String past) {
    weight("query.weight", SIZE, SIZE);
    weight("key.weight", SIZE, SIZE);
    node("MatMul", "query", x, "query.weight");
    node("MatMul", "key", x, "key.weight");
    node("Concat", "keys", attribute("axis", 1L), past, "key");
    node("Transpose", "transposed", attribute("perm", List.of(0L, 2L, 1L)), "keys");
    node("MatMul", "scores", "query", "transposed");
    node("Unsqueeze", "mask", attribute("axes", List.of(1L)), "attention_mask");
    node("Cast", "masked", attribute("to", (long) DataType.FLOAT.number()), "mask");
    node("Mul", "kept", "scores", "masked");
    node("MatMul", "attended", "kept", "keys");
  }

  private JsonNode compress(String more, List<Stage> stages) throws Exception {
    ModelProto.Builder model = Graphs.model(graph).toBuilder().setIrVersion(6);
    model.getOpsetImportBuilder(0).setVersion(12);
    artifacts.put(
        "original/model.onnx", Files.write(output.resolve("in.onnx"), model.build().toByteArray()));
    for (Stage stage : stages) {
      ChildMessage.Result result =
          Compression.run(request(stage, more), (fraction, activity) -> {});
      result.artifacts().forEach(name -> artifacts.put(name, output.resolve(name)));
    }
    return json("report.json");
  }

  private StageRequest request(Stage stage, String more) {
    String json =
        """
        {"model": "m", "ranks": {"policy": "uniform", "ratio": 0.5, "neverSlower": false}, %s
         "evaluation": {"latency": {"batchSizes": [2], "sequenceLengths": [8]}}}\
        """
            .formatted(more);
    return new StageRequest(stage, RequestDocument.parseJson(json), artifacts, output);
  }

  private JsonNode json(String name) {
    return new JsonMapper().readTree(output.resolve(name).toFile());
  }

  private void input(String name, DataType type, Object... shape) {
    graph.addInput(value(name, type, shape));
  }

  private void output(String name, Object... shape) {
    graph.addOutput(value(name, DataType.FLOAT, shape));
  }

  private void weight(String name, int rows, int columns) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * rows * columns).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < rows * columns; i++) {
      bytes.putFloat((float) (random.nextGaussian() / SIZE));
    }
    graph.addInitializer(
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(DataType.FLOAT.number())
            .addAllDims(List.of((long) rows, (long) columns))
            .setRawData(ByteString.copyFrom(bytes.flip())));
  }

  private void node(String operator, String result, String... inputs) {
    graph.addNode(Graphs.node(operator, result, inputs));
  }

  private void node(String operator, String result, AttributeProto attribute, String... inputs) {
    graph.addNode(Graphs.node(operator, result, inputs).addAttribute(attribute));
  }
}
