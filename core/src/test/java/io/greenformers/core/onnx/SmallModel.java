package io.greenformers.core.onnx;

import com.google.protobuf.ByteString;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.AttributeProto.AttributeType;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.OperatorSetIdProto;
import io.greenformers.core.onnx.proto.StringStringEntryProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.TensorShapeProto;
import io.greenformers.core.onnx.proto.TypeProto;
import io.greenformers.core.onnx.proto.ValueInfoProto;
import java.util.List;

/**
 * A small model that has a weight in every way that a model may have one: raw, typed, external, in
 * a {@code Constant}, tied, transposed and used in a branch.
 */
final class SmallModel {
  private static final int WIDTH = 16;
  private static final int BYTES = WIDTH * WIDTH * 4;

  /** The size of the file {@code weights}. */
  static final int EXTERNAL_BYTES = BYTES;

  private SmallModel() {}

  static ModelProto written() {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("small")
            .addInput(value("x", "batch", WIDTH))
            .addInput(ids())
            .addInput(condition())
            .addInitializer(weight("raw").setRawData(ByteString.copyFrom(new byte[BYTES])))
            .addInitializer(typed())
            .addInitializer(external())
            .addNode(node("Gather", "embedded", "raw", "ids"))
            .addNode(node("MatMul", "a", "x", "raw"))
            .addNode(node("Transpose", "turned", "typed"))
            .addNode(node("MatMul", "b", "a", "turned"))
            .addNode(node("Gemm", "c", "b", "external").addAttribute(integer("transB", 1)))
            .addNode(constant())
            .addNode(node("MatMul", "d", "c", "constant"))
            .addNode(choice())
            .addOutput(value("y", "batch", WIDTH));
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .setProducerName("tests")
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(graph)
        .build();
  }

  private static NodeProto.Builder choice() {
    return node("If", "y", "condition")
        .addAttribute(branch("then_branch", "left"))
        .addAttribute(branch("else_branch", "right"));
  }

  private static AttributeProto branch(String name, String output) {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName(name)
            .addInitializer(weight(output + ".w").setRawData(ByteString.copyFrom(new byte[BYTES])))
            .addNode(node("MatMul", output, "d", output + ".w"))
            .addOutput(value(output, "batch", WIDTH));
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.GRAPH)
        .setG(graph)
        .build();
  }

  private static TensorProto.Builder weight(String name) {
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(DataType.FLOAT.number())
        .addAllDims(List.of((long) WIDTH, (long) WIDTH));
  }

  private static TensorProto.Builder typed() {
    TensorProto.Builder tensor = weight("typed");
    for (int i = 0; i < WIDTH * WIDTH; i++) {
      tensor.addFloatData(i);
    }
    return tensor;
  }

  private static TensorProto.Builder external() {
    return weight("external")
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", "weights"))
        .addExternalData(entry("offset", "0"))
        .addExternalData(entry("length", Integer.toString(BYTES)));
  }

  private static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  private static NodeProto.Builder constant() {
    return node("Constant", "constant")
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("value")
                .setType(AttributeType.TENSOR)
                .setT(weight("").setRawData(ByteString.copyFrom(new byte[BYTES]))));
  }

  private static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  private static NodeProto.Builder node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setName(output)
        .setOpType(operator)
        .addAllInput(List.of(inputs))
        .addOutput(output);
  }

  private static ValueInfoProto value(String name, String batch, long width) {
    return value(name, DataType.FLOAT.number())
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder()
                        .setElemType(DataType.FLOAT.number())
                        .setShape(
                            TensorShapeProto.newBuilder()
                                .addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(batch))
                                .addDim(
                                    TensorShapeProto.Dimension.newBuilder().setDimValue(width)))))
        .build();
  }

  private static ValueInfoProto ids() {
    return value("ids", DataType.INT64.number()).build();
  }

  private static ValueInfoProto condition() {
    return value("condition", DataType.BOOL.number()).build();
  }

  private static ValueInfoProto.Builder value(String name, int type) {
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder().setTensorType(TypeProto.Tensor.newBuilder().setElemType(type)));
  }
}
