package io.greenformers.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.OperatorSetIdProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.TensorShapeProto;
import io.greenformers.core.onnx.proto.TypeProto;
import io.greenformers.core.onnx.proto.ValueInfoProto;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Models as exporters and quantizers leave them, other than a plain encoder. */
final class UnusualModelsTest {
  private static final int SIZE = 32;

  @TempDir Path output;

  private final Random random = new Random(5);
  private final Map<String, Path> artifacts = new HashMap<>();
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("main");

  @Test
  void aDecoderWithACacheWhoseMaskCoversBoth() throws Exception {
    input("x", DataType.FLOAT, "batch", "sequence_length", SIZE);
    input("past", DataType.FLOAT, "batch", "past_sequence_length", SIZE);
    input("attention_mask", DataType.INT64, "batch", "past_sequence_length + sequence_length");
    weight("query.weight");
    weight("key.weight");
    node("MatMul", "query", "x", "query.weight");
    node("MatMul", "key", "x", "key.weight");
    node("Concat", "keys", ints("axis", 1), "past", "key");
    node("Transpose", "transposed", list("perm", 0, 2, 1), "keys");
    node("MatMul", "scores", "query", "transposed");
    node("Unsqueeze", "mask", list("axes", 1), "attention_mask");
    node("Cast", "masked", ints("to", DataType.FLOAT.number()), "mask");
    node("Mul", "kept", "scores", "masked");
    node("MatMul", "y", "kept", "keys");
    output("y", "batch", "sequence_length", SIZE);
    JsonNode report = compress();
    assertThat(decisions(report)).containsExactly("factorize", "factorize");
    assertThat(report.at("/latency/0").has("reason")).isFalse();
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
    node("Cast", "float", ints("to", DataType.FLOAT.number()), "sum");
    node("Mul", "y", "float", "x_scale");
    output("y", "batch", "sequence", SIZE);
    JsonNode report = compress();
    assertThat(report.get("sites")).isEmpty();
    assertThat(report.at("/plan/remarks").valueStream().map(JsonNode::asString))
        .anySatisfy(remark ->
            assertThat(remark).contains("1 products are left as they are", "MatMulInteger"))
        .anySatisfy(remark -> assertThat(remark).startsWith("no weight can be factorized"));
    assertThat(json("inspection.json").get("remarks")).hasSize(2);
  }

  private static List<String> decisions(JsonNode report) {
    return report.get("sites").valueStream().map(s -> s.get("decision").asString()).toList();
  }

  private JsonNode compress() throws Exception {
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(6)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(12))
            .setGraph(graph)
            .build();
    artifacts.put(
        "original/model.onnx", Files.write(output.resolve("in.onnx"), model.toByteArray()));
    for (Stage stage : List.of(Stage.INSPECT, Stage.FACTORIZE, Stage.EVALUATE)) {
      ChildMessage.Result result = Compression.run(request(stage), (fraction, activity) -> {});
      result.artifacts().forEach(name -> artifacts.put(name, output.resolve(name)));
    }
    return json("report.json");
  }

  private StageRequest request(Stage stage) {
    String json =
        """
        {"model": "m", "ranks": {"policy": "uniform", "ratio": 0.5, "neverSlower": false},
         "evaluation": {"latency": {"batchSizes": [2], "sequenceLengths": [8]}}}\
        """;
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

  /** Dimensions are names, or numbers. */
  private static ValueInfoProto value(String name, DataType type, Object... shape) {
    TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
    for (Object size : shape) {
      TensorShapeProto.Dimension.Builder dimension = dimensions.addDimBuilder();
      if (size instanceof String free) {
        dimension.setDimParam(free);
      } else {
        dimension.setDimValue((Integer) size);
      }
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.number()).setShape(dimensions)))
        .build();
  }

  private void weight(String name) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * SIZE * SIZE).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < SIZE * SIZE; i++) {
      bytes.putFloat((float) random.nextGaussian());
    }
    graph.addInitializer(
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(DataType.FLOAT.number())
            .addAllDims(List.of((long) SIZE, (long) SIZE))
            .setRawData(ByteString.copyFrom(bytes.flip())));
  }

  private void node(String operator, String result, String... inputs) {
    graph.addNode(
        NodeProto.newBuilder()
            .setName(result)
            .setOpType(operator)
            .addAllInput(List.of(inputs))
            .addOutput(result));
  }

  private void node(String operator, String result, AttributeProto attribute, String... inputs) {
    node(operator, result, inputs);
    graph.getNodeBuilder(graph.getNodeCount() - 1).addAttribute(attribute);
  }

  private static AttributeProto ints(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  private static AttributeProto list(String name, long... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    for (long value : values) {
      attribute.addInts(value);
    }
    return attribute.build();
  }
}
