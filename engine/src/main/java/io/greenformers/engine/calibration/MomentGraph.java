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
import io.greenformers.core.site.SiteInput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
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
   * Adds the outputs of the inputs from one source.
   *
   * @param n the size of x: of the contracted axis, or of a window
   */
  Outputs add(SiteInputs.Source source, int n) {
    return switch (source) {
      case SiteInputs.Along along -> add(rows(along, n));
      case SiteInputs.Windowed windowed -> add(rows(windowed.windows(), n));
    };
  }

  /** Of [..., n], or [n, k] where the contracted axis is not the last, as [rows, n]. */
  private String rows(SiteInputs.Along along, int n) {
    return cast(reshape(along.last() ? along.value() : permuted(along.value(), 1, 0), -1, n));
  }

  /**
   * The windows of a signal [batch, channels, space…] as [rows, n]: a convolution of each channel
   * with one kernel for each place in a window, which is 1 there and else 0.
   */
  private String rows(SiteInput.Windows windows, int n) {
    int places = Math.toIntExact(windows.kernel().stream().reduce(1L, Math::multiplyExact));
    List<AttributeProto> attributes =
        new ArrayList<>(
            List.of(
                integer("group", n / places),
                integers("strides", windows.strides()),
                integers("dilations", windows.dilations())));
    attributes.add(
        windows.autoPad().equals("NOTSET")
            ? integers("pads", windows.pads())
            : AttributeProto.newBuilder()
                .setName("auto_pad")
                .setType(AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(windows.autoPad()))
                .build());
    String found =
        node(
            "Conv",
            List.of(cast(windows.value().name()), picks(n, places, windows.kernel())),
            attributes.toArray(AttributeProto[]::new));
    return reshape(permuted(reshape(found, 0, n, -1), 0, 2, 1), -1, n);
  }

  /** [n, 1, kernel…]: each picks one place. */
  private String picks(int n, int places, List<Long> kernel) {
    ByteBuffer bytes = ByteBuffer.allocate(n * places * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < n; i++) {
      bytes.putFloat((i * places + i % places) * Float.BYTES, 1);
    }
    String name = editor.freshName("moments_picks");
    editor.addInitializer(
        0,
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(DataType.FLOAT.number())
            .addDims(n)
            .addDims(1)
            .addAllDims(kernel)
            .setRawData(ByteString.copyFrom(bytes))
            .build());
    return name;
  }

  private Outputs add(String rows) {
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

  private String permuted(String value, long... order) {
    return node(
        "Transpose", List.of(value), integers("perm", Arrays.stream(order).boxed().toList()));
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
    return node("ReduceSum", List.of(rows), keep, integers("axes", List.of(0L)));
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

  private static AttributeProto integers(String name, List<Long> values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.INTS)
        .addAllInts(values)
        .build();
  }

  private static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }
}
