package io.greenformers.engine.timing;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.AttributeProto.AttributeType;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.StringStringEntryProto;
import io.greenformers.core.onnx.proto.TensorShapeProto;
import io.greenformers.core.onnx.proto.TypeProto;
import io.greenformers.core.onnx.proto.ValueInfoProto;
import java.util.List;

/** Parts of graphs that are built to be timed. */
final class GraphParts {
  private GraphParts() {}

  /** A node that is named after its output. */
  static NodeProto.Builder node(String operator, String output, String... inputs) {
    return NodeProto.newBuilder()
        .setName(output)
        .setOpType(operator)
        .addAllInput(List.of(inputs))
        .addOutput(output);
  }

  static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  static StringStringEntryProto entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
  }

  /** An input of as many free dimensions as the shape has. */
  static ValueInfoProto declaration(String name, SiteGraph.Input input) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (int axis = 0; axis < input.shape().size(); axis++) {
      shape.addDimBuilder().setDimParam(name + "_" + axis);
    }
    return declaration(name, input.type(), shape);
  }

  /** An output of {@code Shape}: one dimension, of any size. */
  static ValueInfoProto shapeOutput(String name) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    shape.addDimBuilder();
    return declaration(name, DataType.INT64, shape);
  }

  private static ValueInfoProto declaration(
      String name, DataType type, TensorShapeProto.Builder shape) {
    TypeProto.Tensor tensor =
        TypeProto.Tensor.newBuilder().setElemType(type.number()).setShape(shape).build();
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
