package io.greenformers.engine.runtime;

import com.google.protobuf.ByteString;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.OperatorSetIdProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.TensorShapeProto;
import io.greenformers.core.onnx.proto.TypeProto;
import io.greenformers.core.onnx.proto.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tiny real models, built in code. */
public final class TestModels {
  private static final int FLOAT = 1;
  private static final int BOOL = 9;

  private TestModels() {}

  /** {@code y = operator(x)}, with x of shape [batch, features]. */
  public static Path unary(Path directory, String operator, String name, Object... features)
      throws IOException {
    GraphProto graph =
        GraphProto.newBuilder()
            .setName("g")
            .addInput(value("x", FLOAT, features))
            .addOutput(value("y", FLOAT, features))
            .addNode(node(operator, "x", "y").setName(name))
            .build();
    return write(directory, graph);
  }

  /** A loop whose condition stays true, without a bound of its own. */
  public static Path endlessLoop(Path directory) throws IOException {
    GraphProto body =
        GraphProto.newBuilder()
            .setName("body")
            .addInput(value("i", 7))
            .addInput(value("go", BOOL))
            .addInput(value("in", FLOAT, 1))
            .addOutput(value("again", BOOL))
            .addOutput(value("out", FLOAT, 1))
            .addNode(node("Identity", "go", "again"))
            .addNode(node("Identity", "in", "out"))
            .build();
    NodeProto loop =
        NodeProto.newBuilder()
            .setOpType("Loop")
            .addInput("")
            .addInput("true")
            .addInput("x")
            .addOutput("y")
            .addAttribute(
                AttributeProto.newBuilder()
                    .setName("body")
                    .setType(AttributeProto.AttributeType.GRAPH)
                    .setG(body))
            .build();
    GraphProto graph =
        GraphProto.newBuilder()
            .setName("g")
            .addInput(value("x", FLOAT, 1))
            .addOutput(value("y", FLOAT, 1))
            .addInitializer(
                TensorProto.newBuilder()
                    .setName("true")
                    .setDataType(BOOL)
                    .setRawData(ByteString.copyFrom(new byte[] {1})))
            .addNode(loop)
            .build();
    return write(directory, graph);
  }

  private static Path write(Path directory, GraphProto graph) throws IOException {
    ModelProto model =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .setGraph(graph)
            .build();
    return Files.write(directory.resolve("model.onnx"), model.toByteArray());
  }

  private static NodeProto.Builder node(String operator, String input, String output) {
    return NodeProto.newBuilder().setOpType(operator).addInput(input).addOutput(output);
  }

  /** Dimensions are numbers or names. */
  private static ValueInfoProto value(String name, int type, Object... dimensions) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Object dimension : dimensions) {
      var dim = TensorShapeProto.Dimension.newBuilder();
      shape.addDim(
          dimension instanceof Integer size
              ? dim.setDimValue(size)
              : dim.setDimParam(dimension.toString()));
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
        .build();
  }
}
