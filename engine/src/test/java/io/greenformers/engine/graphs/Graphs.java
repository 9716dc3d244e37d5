package io.greenformers.engine.graphs;

import com.google.protobuf.ByteString;
import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.Domains;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.AttributeProto.AttributeType;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.OperatorSetIdProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.TensorShapeProto;
import io.greenformers.core.onnx.proto.TypeProto;
import io.greenformers.core.onnx.proto.ValueInfoProto;
import java.util.Arrays;
import java.util.List;

/** Small ONNX graphs, written in code. */
public final class Graphs {
  private Graphs() {}

  public static ModelProto model(GraphProto.Builder graph) {
    ModelProto.Builder model =
        ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
            .setGraph(graph.setName("test"));
    if (graph.getNodeList().stream().anyMatch(n -> n.getDomain().equals(Domains.MICROSOFT))) {
      model.addOpsetImport(
          OperatorSetIdProto.newBuilder().setDomain(Domains.MICROSOFT).setVersion(1));
    }
    return model.build();
  }

  /** A node of ONNX Runtime's own operators, named after its output. */
  public static NodeProto.Builder microsoft(String operator, String output, String... inputs) {
    return node(operator, output, inputs).setDomain(Domains.MICROSOFT);
  }

  /** A node that is named after its output. */
  public static NodeProto.Builder node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setName(output)
        .setOpType(operator)
        .addAllInput(List.of(inputs))
        .addOutput(output);
  }

  public static AttributeProto attribute(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  public static AttributeProto attribute(String name, float value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.FLOAT)
        .setF(value)
        .build();
  }

  public static AttributeProto attribute(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  public static AttributeProto attribute(String name, List<Long> values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.INTS)
        .addAllInts(values)
        .build();
  }

  public static AttributeProto attribute(String name, TensorProto value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.TENSOR)
        .setT(value)
        .build();
  }

  public static AttributeProto attribute(String name, GraphProto.Builder value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.GRAPH)
        .setG(value.setName(name))
        .build();
  }

  /**
   * An input or output.
   *
   * @param dims numbers, or names of dynamic axes
   */
  public static ValueInfoProto value(String name, DataType type, Object... dims) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (Object dim : dims) {
      if (dim instanceof Integer size) {
        shape.addDimBuilder().setDimValue(size);
      } else {
        shape.addDimBuilder().setDimParam(dim.toString());
      }
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(
                    TypeProto.Tensor.newBuilder().setElemType(type.number()).setShape(shape)))
        .build();
  }

  public static TensorProto tensor(String name, DataType type, List<Long> dims, double[] values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(type.number()).addAllDims(dims);
    switch (type) {
      case FLOAT -> Arrays.stream(values).forEach(v -> tensor.addFloatData((float) v));
      case DOUBLE -> Arrays.stream(values).forEach(tensor::addDoubleData);
      case FLOAT16 ->
          Arrays.stream(values)
              .forEach(v -> tensor.addInt32Data(Float.floatToFloat16((float) v) & 0xffff));
      default -> throw new IllegalArgumentException("no tensors of " + type + " here");
    }
    return tensor.build();
  }
}
