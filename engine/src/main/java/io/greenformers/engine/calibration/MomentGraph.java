package io.greenformers.engine.calibration;

import com.google.protobuf.ByteString;
import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphEditor;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.AttributeProto.AttributeType;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.ValueInfoProto;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;

/**
 * Adds outputs to a model: for inputs x [n] of sites, how many there were, Σx and Σxxᵀ.
 *
 * <p>They are computed where the activations are, so that only n + n² numbers leave a run, not
 * every activation. Where the model is given a mask, and the activations have one row for each of
 * its elements, rows of padding do not count.
 */
final class MomentGraph {
  private final GraphEditor editor;
  private final boolean axesAreInputs;
  private final Optional<String> maskRows;

  /**
   * Prepares to add outputs.
   *
   * @param mask the input that is 1 for tokens and 0 for padding
   */
  MomentGraph(OnnxModel model, GraphIndex index, Optional<String> mask) {
    this.editor = new GraphEditor(model, index);
    this.axesAreInputs = model.opset() >= 13;
    this.maskRows = mask.map(m -> cast(reshape(m, -1, 1)));
  }

  /** The names of the outputs for one activation: count [], sums [n], products [n, n]. */
  record Outputs(String count, String sums, String products) {}

  /**
   * Adds the outputs of one activation.
   *
   * @param value [..., n], or [n, k] where the contracted axis is not the last
   * @param n the size of the contracted axis
   * @param last whether that is the last axis
   */
  Outputs add(String value, int n, boolean last) {
    String rows = cast(last ? reshape(value, -1, n) : reshape(swapped(value), -1, n));
    Optional<String> weights = maskRows.map(mask -> weights(rows, mask));
    // a choice, not a product: what a model makes of padding may be no number
    String counted = weights.map(w -> node("Where", List.of(bool(w), rows, zero()))).orElse(rows);
    Outputs outputs =
        new Outputs(
            weights.map(w -> sum(w)).orElseGet(() -> node("Shape", List.of(rows))),
            sum(counted),
            node("Gemm", List.of(counted, counted), integer("transA", 1)));
    editor.addOutput(outputs.count());
    editor.addOutput(outputs.sums());
    editor.addOutput(outputs.products());
    return outputs;
  }

  /** Makes a value, such as the indices of a table, an output; under a name of its own. */
  String observe(String value) {
    String output = node("Identity", List.of(value));
    editor.addOutput(output);
    return output;
  }

  OnnxModel build() {
    return editor.apply();
  }

  /** The mask where it has one element for each row, else ones: [rows, 1]. */
  private String weights(String rows, String mask) {
    String rowCount = node("Gather", List.of(node("Shape", List.of(rows)), integers(0)));
    String maskCount = node("Gather", List.of(node("Shape", List.of(mask)), integers(0)));
    String ones = editor.freshName("ones");
    String one = node("Concat", List.of(rowCount, integers(1)), integer("axis", 0));
    TensorProto filling =
        TensorProto.newBuilder()
            .setDataType(DataType.FLOAT.number())
            .addDims(1)
            .addFloatData(1)
            .build();
    AttributeProto value =
        AttributeProto.newBuilder()
            .setName("value")
            .setType(AttributeType.TENSOR)
            .setT(filling)
            .build();
    return node(
        "If",
        List.of(node("Equal", List.of(rowCount, maskCount))),
        branch("then_branch", "Identity", mask, ones + "_mask"),
        branch("else_branch", "ConstantOfShape", one, ones, value));
  }

  private AttributeProto branch(
      String name, String operator, String input, String output, AttributeProto... attributes) {
    GraphProto graph =
        GraphProto.newBuilder()
            .setName(output)
            .addNode(
                NodeProto.newBuilder()
                    .setOpType(operator)
                    .addInput(input)
                    .addOutput(output)
                    .addAllAttribute(List.of(attributes)))
            .addOutput(ValueInfoProto.newBuilder().setName(output))
            .build();
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.GRAPH)
        .setG(graph)
        .build();
  }

  /** [n, k] as [k, n]. */
  private String swapped(String value) {
    AttributeProto order =
        AttributeProto.newBuilder()
            .setName("perm")
            .setType(AttributeType.INTS)
            .addAllInts(List.of(1L, 0L))
            .build();
    return node("Transpose", List.of(value), order);
  }

  private String reshape(String value, long... shape) {
    return node("Reshape", List.of(value, integers(shape)));
  }

  private String cast(String value) {
    return node("Cast", List.of(value), integer("to", DataType.FLOAT.number()));
  }

  private String bool(String value) {
    return node("Cast", List.of(value), integer("to", DataType.BOOL.number()));
  }

  private String zero() {
    String name = editor.freshName("moments_zero");
    editor.addInitializer(
        0,
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(DataType.FLOAT.number())
            .addFloatData(0)
            .build());
    return name;
  }

  /** Over the rows. */
  private String sum(String rows) {
    AttributeProto keep = integer("keepdims", 0);
    if (axesAreInputs) {
      return node("ReduceSum", List.of(rows, integers(0)), keep);
    }
    AttributeProto axes =
        AttributeProto.newBuilder().setName("axes").setType(AttributeType.INTS).addInts(0).build();
    return node("ReduceSum", List.of(rows), keep, axes);
  }

  private String node(String operator, List<String> inputs, AttributeProto... attributes) {
    String output = editor.freshName("moments_" + operator);
    editor.append(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(editor.freshName(output + "_node"))
            .addAllInput(inputs)
            .addOutput(output)
            .addAllAttribute(List.of(attributes))
            .build());
    return output;
  }

  /** An initializer [values]. */
  private String integers(long... values) {
    String name = editor.freshName("moments_integers");
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      bytes.putLong(value);
    }
    editor.addInitializer(
        0,
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(DataType.INT64.number())
            .addDims(values.length)
            .setRawData(ByteString.copyFrom(bytes.flip()))
            .build());
    return name;
  }

  private static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }
}
