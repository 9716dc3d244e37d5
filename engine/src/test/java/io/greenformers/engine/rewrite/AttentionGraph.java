package io.greenformers.engine.rewrite;

import static io.greenformers.engine.graphs.Graphs.attribute;
import static io.greenformers.engine.graphs.Graphs.node;
import static io.greenformers.engine.graphs.Graphs.tensor;
import static io.greenformers.engine.graphs.Graphs.value;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import java.util.List;
import java.util.Random;

/**
 * Self-attention over x [batch, sequence, 12] with 3 heads of 4, in steps that a test can change:
 * each method returns the name of the value that it made.
 */
final class AttentionGraph {
  static final int WIDTH = 12;
  static final int HEADS = 3;
  static final List<Long> SPLIT = List.of(0L, 2L, 1L, 3L);
  static final List<Long> SPLIT_KEY = List.of(0L, 2L, 3L, 1L);

  final GraphProto.Builder graph = GraphProto.newBuilder();
  final DataType type;
  private final Random random = new Random(5);

  AttentionGraph() {
    this(DataType.FLOAT);
  }

  AttentionGraph(DataType type) {
    this.type = type;
    graph.addInput(value("x", type, "batch", "sequence", WIDTH));
    graph.addOutput(value("y", type, "batch", "sequence", WIDTH));
  }

  String linear(String name, String x) {
    String product = add(node("MatMul", name + "_product", x, weight(name + "_w", WIDTH, WIDTH)));
    return add(node("Add", name, product, weight(name + "_b", WIDTH)));
  }

  String heads(String x, List<Long> permutation, long... split) {
    String reshaped = add(node("Reshape", x + "_r", x, integers(x + "_shape", split)));
    return transposed(reshaped, permutation);
  }

  String transposed(String x, List<Long> permutation) {
    return add(node("Transpose", x + "_t", x).addAttribute(attribute("perm", permutation)));
  }

  String query() {
    return heads(linear("q", "x"), SPLIT, 0, 0, HEADS, 4);
  }

  String key() {
    return heads(linear("k", "x"), SPLIT_KEY, 0, 0, HEADS, 4);
  }

  String values() {
    return heads(linear("v", "x"), SPLIT, 0, 0, HEADS, 4);
  }

  String scaled(String scores) {
    return add(node("Div", "scaled", scores, constant("divisor", 2)));
  }

  String softmax(String scores) {
    return add(node("Softmax", "probabilities", scores).addAttribute(attribute("axis", -1L)));
  }

  /** The merged heads, and a linear after them, that makes the output. */
  void finish(String probabilities, String values) {
    String context = add(node("MatMul", "context", probabilities, values));
    String merged = transposed(context, SPLIT);
    String flat = add(node("Reshape", "flat", merged, integers("flat_shape", 0, 0, WIDTH)));
    add(node("MatMul", "y", flat, weight("o_w", WIDTH, WIDTH)));
  }

  String add(NodeProto.Builder node) {
    graph.addNode(node);
    return node.getOutput(0);
  }

  String weight(String name, long... dims) {
    long elements = 1;
    TensorProto.Builder shape = TensorProto.newBuilder();
    for (long dim : dims) {
      shape.addDims(dim);
      elements *= dim;
    }
    double[] values = random.doubles(elements, -0.8, 0.8).toArray();
    graph.addInitializer(tensor(name, type, shape.getDimsList(), values));
    return name;
  }

  String constant(String name, double value) {
    graph.addInitializer(tensor(name, type, List.of(), new double[] {value}));
    return name;
  }

  /** [1, 1, sequence, 1] numbers of places, of fp32. */
  String places() {
    String shape = add(node("Shape", "x_shape", "x"));
    String length = add(node("Gather", "x_length", shape, integer("axis_one", 1)));
    String range = add(node("Range", "range", integer("first", 0), length, integer("step", 1)));
    String floats = add(node("Cast", "float_range", range).addAttribute(attribute("to", 1)));
    return add(node("Reshape", "places", floats, integers("places_shape", 1, 1, -1, 1)));
  }

  private String integer(String name, long value) {
    graph.addInitializer(TensorProto.newBuilder().setName(name).setDataType(7).addInt64Data(value));
    return name;
  }

  String integers(String name, long... values) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(7).addDims(values.length);
    for (long value : values) {
      tensor.addInt64Data(value);
    }
    graph.addInitializer(tensor);
    return name;
  }
}
