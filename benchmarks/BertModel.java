import com.google.protobuf.ByteString;
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
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/**
 * An encoder of BERT-base's shapes with random weights, in the operators that PyTorch exported for
 * opset 12: ONNX Runtime fuses its attention, biases and normalisations itself.
 */
final class BertModel {
  static final int VOCABULARY = 30522;
  private static final int POSITIONS = 512;
  private static final int HIDDEN = 768;
  private static final int INNER = 3072;
  private static final int HEADS = 12;

  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("bert");
  private final Random random = new Random(1);

  private final int positions;

  private BertModel(int positions) {
    this.positions = positions;
  }

  static ModelProto of(int layers) {
    return new BertModel(POSITIONS).build(layers);
  }

  /** {@code FILE LAYERS POSITIONS}: writes one. */
  public static void main(String[] args) throws IOException {
    BertModel model = new BertModel(Integer.parseInt(args[2]));
    Files.write(Path.of(args[0]), model.build(Integer.parseInt(args[1])).toByteArray());
  }

  private ModelProto build(int layers) {
    for (String input : List.of("input_ids", "attention_mask", "token_type_ids")) {
      graph.addInput(value(input, 7, "batch", "sequence"));
    }
    constants();
    String mask = mask();
    String x = embeddings();
    for (int layer = 0; layer < layers; layer++) {
      x = layer("layer" + layer + ".", x, mask);
    }
    node("Identity", "last_hidden_state", x);
    ValueInfoProto.Builder output = value("last_hidden_state", 1, "batch", "sequence").toBuilder();
    output
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .getShapeBuilder()
        .addDimBuilder()
        .setDimValue(HIDDEN);
    return ModelProto.newBuilder()
        .setIrVersion(7)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(12))
        .setGraph(graph.addOutput(output))
        .build();
  }

  private void constants() {
    integers("heads", 0, 0, HEADS, HIDDEN / HEADS);
    integers("merged", 0, 0, HIDDEN);
    integers("zero", 0);
    integers("one", 1);
    scalar("one_float", 1);
    scalar("two", 2);
    scalar("half", 0.5f);
    scalar("sqrt_two", (float) Math.sqrt(2));
    scalar("epsilon", 1e-12f);
    scalar("sqrt_head", (float) Math.sqrt(HIDDEN / HEADS));
    scalar("masked", -10000);
  }

  private String mask() {
    node("Unsqueeze", "mask1", "attention_mask").addAttribute(ints("axes", 1L));
    node("Unsqueeze", "mask2", "mask1").addAttribute(ints("axes", 2L));
    node("Cast", "mask_float", "mask2").addAttribute(integer("to", 1));
    node("Sub", "hidden_tokens", "one_float", "mask_float");
    return output(node("Mul", "mask", "hidden_tokens", "masked"));
  }

  private String embeddings() {
    long[] all = new long[positions];
    for (int i = 0; i < positions; i++) {
      all[i] = i;
    }
    integers("all_positions", all);
    graph
        .getInitializerBuilder(graph.getInitializerCount() - 1)
        .clearDims()
        .addDims(1)
        .addDims(positions);
    node("Shape", "shape", "input_ids");
    node("Gather", "length", "shape", "one");
    node("Slice", "positions", "all_positions", "zero", "length", "one", "one");
    node("Gather", "words", weight("words.weight", 0.04, VOCABULARY, HIDDEN), "input_ids");
    node("Gather", "types", weight("types.weight", 0.04, 2, HIDDEN), "token_type_ids");
    node("Gather", "places", weight("places.weight", 0.04, positions, HIDDEN), "positions");
    node("Add", "words_types", "words", "types");
    return norm("embeddings.", output(node("Add", "embedded", "words_types", "places")));
  }

  private String layer(String p, String x, String mask) {
    String query = heads(p + "query", x, 0L, 2L, 1L, 3L);
    String key = heads(p + "key", x, 0L, 2L, 3L, 1L);
    String value = heads(p + "value", x, 0L, 2L, 1L, 3L);
    node("MatMul", p + "products", query, key);
    node("Div", p + "scaled", p + "products", "sqrt_head");
    node("Add", p + "scores", p + "scaled", mask);
    node("Softmax", p + "probabilities", p + "scores").addAttribute(integer("axis", 3));
    node("MatMul", p + "context", p + "probabilities", value);
    node("Transpose", p + "context_t", p + "context").addAttribute(ints("perm", 0L, 2L, 1L, 3L));
    node("Reshape", p + "context_m", p + "context_t", "merged");
    linear(p + "output", p + "context_m", HIDDEN, HIDDEN);
    String attended = norm(p + "n1.", output(node("Add", p + "sum1", p + "output", x)));
    linear(p + "up", attended, HIDDEN, INNER);
    linear(p + "down", gelu(p, p + "up"), INNER, HIDDEN);
    return norm(p + "n2.", output(node("Add", p + "sum2", p + "down", attended)));
  }

  private String heads(String name, String x, Long... perm) {
    linear(name, x, HIDDEN, HIDDEN);
    node("Reshape", name + "_r", name, "heads");
    return output(node("Transpose", name + "_t", name + "_r").addAttribute(ints("perm", perm)));
  }

  private String gelu(String p, String x) {
    node("Div", p + "gelu1", x, "sqrt_two");
    node("Erf", p + "gelu2", p + "gelu1");
    node("Add", p + "gelu3", p + "gelu2", "one_float");
    node("Mul", p + "gelu4", x, p + "gelu3");
    return output(node("Mul", p + "gelu5", p + "gelu4", "half"));
  }

  private void linear(String name, String x, int in, int out) {
    node("MatMul", name + "_product", x, weight(name + ".weight", 0.04, in, out));
    node("Add", name, name + "_product", weight(name + ".bias", 0.04, out));
  }

  private String norm(String p, String x) {
    node("ReduceMean", p + "mean", x).addAttribute(ints("axes", -1L));
    node("Sub", p + "centred", x, p + "mean");
    node("Pow", p + "square", p + "centred", "two");
    node("ReduceMean", p + "variance", p + "square").addAttribute(ints("axes", -1L));
    node("Add", p + "shifted", p + "variance", "epsilon");
    node("Sqrt", p + "deviation", p + "shifted");
    node("Div", p + "normal", p + "centred", p + "deviation");
    node("Mul", p + "weighted", p + "normal", weight(p + "weight", 2, HIDDEN));
    return output(node("Add", p + "out", p + "weighted", weight(p + "bias", 0.04, HIDDEN)));
  }

  private NodeProto.Builder node(String operator, String output, String... inputs) {
    return graph
        .addNodeBuilder()
        .setOpType(operator)
        .setName(output + "_node")
        .addAllInput(List.of(inputs))
        .addOutput(output);
  }

  private static String output(NodeProto.Builder node) {
    return node.getOutput(0);
  }

  private String weight(String name, double scale, int... dims) {
    int elements = 1;
    TensorProto.Builder tensor = graph.addInitializerBuilder().setName(name).setDataType(1);
    for (int dim : dims) {
      tensor.addDims(dim);
      elements *= dim;
    }
    ByteBuffer bytes = ByteBuffer.allocate(elements * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elements; i++) {
      bytes.putFloat((float) (scale * (random.nextFloat() - 0.5)));
    }
    tensor.setRawData(ByteString.copyFrom(bytes.flip()));
    return name;
  }

  private void scalar(String name, float value) {
    graph.addInitializerBuilder().setName(name).setDataType(1).addFloatData(value);
  }

  private void integers(String name, long... values) {
    TensorProto.Builder tensor =
        graph.addInitializerBuilder().setName(name).setDataType(7).addDims(values.length);
    for (long value : values) {
      tensor.addInt64Data(value);
    }
  }

  private static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }

  private static AttributeProto ints(String name, Long... values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeType.INTS)
        .addAllInts(List.of(values))
        .build();
  }

  private static ValueInfoProto value(String name, int type, String... axes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (String axis : axes) {
      shape.addDimBuilder().setDimParam(axis);
    }
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(
            TypeProto.newBuilder()
                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
        .build();
  }
}
