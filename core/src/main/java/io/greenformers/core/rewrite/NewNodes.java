package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphEditor;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Nodes of one output that take each other's place in a list, and the constants that they read. */
final class NewNodes {
  private final GraphEditor editor;
  private final Map<List<Object>, String> constants = new HashMap<>();
  private List<NodeProto> nodes = new ArrayList<>();

  NewNodes(GraphEditor editor) {
    this.editor = editor;
  }

  /** A node of the default operators; returns its output. */
  String add(String operator, String wish, String... inputs) {
    return add(operator, wish, List.of(), inputs);
  }

  /** The same with attributes. */
  String add(String operator, String wish, List<AttributeProto> attributes, String... inputs) {
    String output = editor.freshName(wish);
    nodes.add(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(editor.freshName(output + "_node"))
            .addAllAttribute(attributes)
            .addAllInput(List.of(inputs))
            .addOutput(output)
            .build());
    return output;
  }

  /** A node that was made elsewhere. */
  void add(NodeProto node) {
    nodes.add(node);
  }

  /** The size of the second axis of a value, as a vector of one element. */
  String axisOne(String value) {
    return add("Gather", "length", add("Shape", "shape", value), integers(1));
  }

  /** The size of one axis of a value, as a number without axes. */
  String size(String value, int axis) {
    return add("Gather", "length", add("Shape", "shape", value), integer(axis));
  }

  /** One vector of several. */
  String concat(String... vectors) {
    return add("Concat", "shape", List.of(Attributes.integer("axis", 0)), vectors);
  }

  /** A vector. */
  String integers(long... values) {
    return constant(
        Arrays.stream(values).boxed().toList(),
        TensorProto.newBuilder()
            .setDataType(DataType.INT64.number())
            .addDims(values.length)
            .addAllInt64Data(Arrays.stream(values).boxed().toList()));
  }

  /** A number without axes. */
  String integer(long value) {
    return constant(
        value, TensorProto.newBuilder().setDataType(DataType.INT64.number()).addInt64Data(value));
  }

  /** A number without axes, of fp32. */
  String real(float value) {
    return constant(
        value, TensorProto.newBuilder().setDataType(DataType.FLOAT.number()).addFloatData(value));
  }

  private String constant(Object value, TensorProto.Builder tensor) {
    return constants.computeIfAbsent(
        List.of(tensor.getDataType(), value),
        k -> {
          String name = editor.freshName("constant");
          editor.addInitializer(0, tensor.setName(name).build());
          return name;
        });
  }

  /** The nodes since the last call, in their order. */
  List<NodeProto> take() {
    List<NodeProto> taken = List.copyOf(nodes);
    nodes = new ArrayList<>();
    return taken;
  }
}
