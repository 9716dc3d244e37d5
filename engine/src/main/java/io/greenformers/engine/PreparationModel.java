package io.greenformers.engine;

import com.google.protobuf.ByteString;
import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.OperatorSetIdProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.TensorShapeProto.Dimension;
import io.greenformers.core.onnx.proto.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;

/** The model of a {@link Preparation}: two linears of [16, 32] and [32, 16], and a ReLU between. */
final class PreparationModel {
  private static final int IR_VERSION = 8;
  private static final int OPSET = 17;
  private static final int INPUTS = 16;
  private static final int INSIDE = 32;

  private PreparationModel() {}

  /** The bytes of its file, always the same. */
  static byte[] bytes() {
    SplittableRandom random = new SplittableRandom(0);
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .setName("preparation")
            .addInput(value("x"))
            .addOutput(value("y"))
            .addInitializer(weight("in", INPUTS, INSIDE, random))
            .addInitializer(weight("out", INSIDE, INPUTS, random))
            .addNode(node("MatMul", "h").addInput("x").addInput("in"))
            .addNode(node("Relu", "r").addInput("h"))
            .addNode(node("MatMul", "y").addInput("r").addInput("out"));
    return ModelProto.newBuilder()
        .setIrVersion(IR_VERSION)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPSET))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  private static NodeProto.Builder node(String operator, String output) {
    return NodeProto.newBuilder().setName(output).setOpType(operator).addOutput(output);
  }

  private static ValueInfoProto.Builder value(String name) {
    ValueInfoProto.Builder value = ValueInfoProto.newBuilder().setName(name);
    value
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .setElemType(DataType.FLOAT.number())
        .getShapeBuilder()
        .addDim(Dimension.newBuilder().setDimParam("batch"))
        .addDim(Dimension.newBuilder().setDimValue(INPUTS));
    return value;
  }

  private static TensorProto.Builder weight(
      String name, int rows, int columns, SplittableRandom random) {
    ByteBuffer values =
        ByteBuffer.allocate(rows * columns * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (values.hasRemaining()) {
      values.putFloat((float) random.nextDouble(-1, 1));
    }
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(DataType.FLOAT.number())
        .addDims(rows)
        .addDims(columns)
        .setRawData(ByteString.copyFrom(values.flip()));
  }
}
