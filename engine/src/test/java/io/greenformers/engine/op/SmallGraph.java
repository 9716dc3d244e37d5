package io.greenformers.engine.op;

import com.google.protobuf.ByteString;
import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.Domains;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.AttributeProto.AttributeType;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.OperatorSetIdProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;

/** A graph of opset 17 from x to y, written in code; weights are random, seeded. */
final class SmallGraph {
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("test");
  private final Random random = new Random(11);

  /** A graph whose input x is of this type. */
  SmallGraph(DataType input) {
    ValueInfoProto.Builder x = ValueInfoProto.newBuilder().setName("x");
    x.getTypeBuilder().getTensorTypeBuilder().setElemType(input.number());
    ValueInfoProto.Builder y = ValueInfoProto.newBuilder().setName("y");
    y.getTypeBuilder().getTensorTypeBuilder().setElemType(DataType.FLOAT.number());
    graph.addInput(x).addOutput(y);
  }

  /** A node that makes one value. */
  SmallGraph node(String operator, String output, String inputs, AttributeProto... attributes) {
    return node("", operator, output, inputs, attributes);
  }

  SmallGraph microsoft(
      String operator, String output, String inputs, AttributeProto... attributes) {
    return node(Domains.MICROSOFT, operator, output, inputs, attributes);
  }

  /**
   * A node.
   *
   * @param outputs names, separated by spaces; {@code inputs} likewise, {@code _} for an absent one
   */
  private SmallGraph node(
      String domain, String operator, String outputs, String inputs, AttributeProto[] attributes) {
    graph.addNode(
        NodeProto.newBuilder()
            .setDomain(domain)
            .setOpType(operator)
            .setName(outputs)
            .addAllInput(Arrays.stream(inputs.split(" ")).map(i -> i.replace("_", "")).toList())
            .addAllOutput(List.of(outputs.split(" ")))
            .addAllAttribute(List.of(attributes)));
    return this;
  }

  SmallGraph weight(String name, long... shape) {
    TensorProto.Builder tensor = floats(name);
    Arrays.stream(shape).forEach(tensor::addDims);
    long count = LongStream.of(shape).reduce(1, Math::multiplyExact);
    random.doubles(count, -1, 1).forEach(v -> tensor.addFloatData((float) v));
    graph.addInitializer(tensor);
    return this;
  }

  SmallGraph scalar(String name, double value) {
    graph.addInitializer(floats(name).addFloatData((float) value));
    return this;
  }

  SmallGraph integers(String name, long... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(DataType.INT64.number())
            .addDims(values.length);
    Arrays.stream(values).forEach(tensor::addInt64Data);
    graph.addInitializer(tensor);
    return this;
  }

  OnnxModel read(Path directory) throws IOException {
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain(Domains.MICROSOFT).setVersion(1))
            .setGraph(graph)
            .build();
    Path file = Files.createTempFile(directory, "small", ".onnx");
    Files.write(file, model.toByteArray());
    return ModelReader.read(ModelFiles.of(file), directory);
  }

  /**
   * A graph in an attribute, of the nodes that were added to another small graph.
   *
   * @param inputs {@code name:sizes}, separated by spaces; {@code outputs} likewise
   */
  static AttributeProto body(String name, String inputs, String outputs, SmallGraph nodes) {
    GraphProto.Builder body = nodes.graph.clone().setName(name).clearInput().clearOutput();
    Arrays.stream(inputs.split(" "))
        .filter(i -> !i.isEmpty())
        .forEach(i -> body.addInput(value(i)));
    Arrays.stream(outputs.split(" ")).forEach(o -> body.addOutput(value(o)));
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.GRAPH)
        .setG(body)
        .build();
  }

  /** A value {@code name:2,3}; trip counters and conditions have types of their own. */
  private static ValueInfoProto value(String declared) {
    List<String> parts = Arrays.asList(declared.split(":", -1));
    String name = parts.getFirst();
    DataType type =
        switch (name) {
          case "trip" -> DataType.INT64;
          case "condition", "again" -> DataType.BOOL;
          default -> DataType.FLOAT;
        };
    ValueInfoProto.Builder value = ValueInfoProto.newBuilder().setName(name);
    var tensor = value.getTypeBuilder().getTensorTypeBuilder().setElemType(type.number());
    tensor.getShapeBuilder();
    Arrays.stream(parts.getLast().split(","))
        .filter(size -> !size.isEmpty())
        .forEach(
            size -> tensor.getShapeBuilder().addDimBuilder().setDimValue(Long.parseLong(size)));
    return value.build();
  }

  static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  static AttributeProto real(String name, double value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.FLOAT)
        .setF((float) value)
        .build();
  }

  static AttributeProto longs(String name, Long... values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.INTS)
        .addAllInts(List.of(values))
        .build();
  }

  static AttributeProto text(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  private static TensorProto.Builder floats(String name) {
    return TensorProto.newBuilder().setName(name).setDataType(DataType.FLOAT.number());
  }
}
