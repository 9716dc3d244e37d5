package io.greenformers.engine.timing;

import com.google.protobuf.ByteString;
import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphEditor;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Use;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.Tensors;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.AttributeProto.AttributeType;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A model without its large floating weights: where one is read, a graph of the same shapes makes
 * zeros. ONNX Runtime tells the shapes of a model's values by it, in the memory of one or two
 * weights.
 *
 * <p>The size of the zeros is made to depend on what their reader reads besides, so that ONNX
 * Runtime makes them when they are needed, and not all at first. For running without optimisations:
 * constants would be folded.
 */
public final class WeightlessModel {
  private static final long LEAST_BYTES = 64 << 10;
  private static final int FARTHEST_READER = 4;

  private final GraphIndex index;
  private final GraphProto graph;
  private final GraphEditor names;
  private final Map<Integer, List<NodeProto>> before = new HashMap<>();
  private final List<TensorProto> shapes = new ArrayList<>();

  private WeightlessModel(OnnxModel model, GraphIndex index) {
    this.index = index;
    this.graph = index.graph(0);
    this.names = new GraphEditor(model, index);
  }

  /** The same signature and shapes, other values; reads no weight. The model is not modified. */
  public static OnnxModel of(OnnxModel model, GraphIndex index) {
    GraphProto graph = new WeightlessModel(model, index).build(model.initializersAreInputs());
    return new OnnxModel(
        model.proto().toBuilder().setGraph(graph).build(),
        model.weights(),
        model.externalFiles(),
        model.fileBytes());
  }

  private GraphProto build(boolean initializersAreInputs) {
    GraphProto.Builder built = graph.toBuilder().clearInitializer().clearInput().clearNode();
    Set<String> replaced = new HashSet<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      if (isLarge(tensor) && !index.isOutput(new Value(0, tensor.getName()))) {
        replaced.add(tensor.getName());
        replace(tensor);
      } else {
        built.addInitializer(tensor);
      }
    }
    built.addAllInitializer(shapes);
    graph.getInputList().stream()
        .filter(i -> !replaced.contains(i.getName()))
        .forEach(built::addInput);
    if (initializersAreInputs) {
      shapes.forEach(s ->
          built.addInput(
              GraphParts.declaration(
                  s.getName(), new SiteGraph.Input(DataType.INT64, s.getDimsList()))));
    }
    for (int i = 0; i < graph.getNodeCount(); i++) {
      built.addAllNode(before.getOrDefault(i, List.of())).addNode(graph.getNode(i));
    }
    return built.build();
  }

  private static boolean isLarge(TensorProto tensor) {
    DataType type = Tensors.type(tensor);
    return type.isFloating() && Tensors.bytes(tensor) >= LEAST_BYTES;
  }

  /** W = ConstantOfShape(dims + 0·size of what is read with it), before its first reader. */
  private void replace(TensorProto weight) {
    String name = weight.getName();
    int place = firstReader(new Value(0, name));
    List<NodeProto> nodes = before.computeIfAbsent(place, p -> new ArrayList<>());
    String size = integers(name + "_dims", weight.getDimsList());
    Optional<String> companion = companion(new Value(0, name), place, FARTHEST_READER);
    if (companion.isPresent()) {
      String count = add(nodes, "Size", name + "_count", companion.get());
      String zero = integers(name + "_zero", List.of(0L));
      String nothing = add(nodes, "Mul", name + "_nothing", count, zero);
      size = add(nodes, "Add", name + "_size", size, nothing);
    }
    nodes.add(
        GraphParts.node("ConstantOfShape", name, size)
            .setName(names.freshName(name + "_zeros"))
            .addAttribute(value(Tensors.type(weight)))
            .build());
  }

  /** Its position; the first of all where a nested graph reads it. */
  private int firstReader(Value weight) {
    return index.uses(weight).stream()
        .mapToInt(u -> u.node().graph() == 0 ? u.node().position() : 0)
        .min()
        .orElse(0);
  }

  /** A computed value that is there at a place, and that the weight meets. */
  private Optional<String> companion(Value weight, int place, int steps) {
    for (Use use : index.uses(weight)) {
      NodeRef reader = use.node();
      if (reader.graph() != 0) {
        continue;
      }
      NodeProto node = index.node(reader);
      for (int i = 0; i < node.getInputCount(); i++) {
        Optional<Value> other = index.input(reader, i).filter(v -> isComputed(v, place));
        if (i != use.input() && other.isPresent()) {
          return other.map(Value::name);
        }
      }
      if (steps > 0 && node.getOutputCount() == 1) {
        return companion(new Value(0, node.getOutput(0)), place, steps - 1);
      }
    }
    return Optional.empty();
  }

  private boolean isComputed(Value value, int place) {
    return value.graph() == 0
        && index.initializer(value).isEmpty()
        && index
            .producer(value)
            .map(n -> n.position() < place && index.node(n).getInputCount() > 0)
            .orElse(index.isInput(value));
  }

  private String add(List<NodeProto> nodes, String operator, String wish, String... inputs) {
    String output = names.freshName(wish);
    nodes.add(GraphParts.node(operator, output, inputs).build());
    return output;
  }

  private String integers(String wish, List<Long> values) {
    String name = names.freshName(wish);
    shapes.add(
        TensorProto.newBuilder()
            .setName(name)
            .setDataType(DataType.INT64.number())
            .addDims(values.size())
            .addAllInt64Data(values)
            .build());
    return name;
  }

  private static AttributeProto value(DataType type) {
    ByteString zero = ByteString.copyFrom(new byte[Math.toIntExact(type.bytes(1))]);
    return AttributeProto.newBuilder()
        .setName("value")
        .setType(AttributeType.TENSOR)
        .setT(
            TensorProto.newBuilder().setDataType(type.number()).addDims(1).setRawData(zero).build())
        .build();
  }
}
