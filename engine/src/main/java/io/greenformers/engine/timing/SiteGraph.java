package io.greenformers.engine.timing;

import com.google.protobuf.ByteString;
import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.Tensors;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.ValueInfoProto;
import io.greenformers.core.site.Site;
import io.greenformers.engine.timing.SiteNodes.Operand;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Builds the graph of one site alone: the nodes that use its weight, several times over, each time
 * with a weight of its own, all reading the same inputs.
 *
 * <p>Several weights, because in the whole model the others have pushed a layer's weight out of the
 * caches when its turn comes again. For timing, what the nodes compute goes into {@code Shape},
 * which reads nothing of it: outputs are neither copied nor kept.
 */
final class SiteGraph {
  /** The file, beside the model, that holds the weights. */
  static final String WEIGHTS = "weights.bin";

  private static final long PAGE_BYTES = 4096;

  private final OnnxModel model;
  private final SiteNodes site;
  private final Yield outputs;
  private final TensorProto weight;
  private final List<Value> computed;
  private final RandomTensors random = new RandomTensors(17);
  private final GraphProto.Builder graph = GraphProto.newBuilder().setName("site");
  private final NodeProto.Builder shapes =
      GraphParts.node("Concat", "shapes").addAttribute(GraphParts.integer("axis", 0));

  SiteGraph(OnnxModel model, SiteNodes nodes, Site site, Yield outputs) {
    this.model = model;
    this.site = nodes;
    this.outputs = outputs;
    this.weight = site.tensor();
    this.computed = nodes.computed();
  }

  /** What the outputs of the graph are. */
  enum Yield {
    /** The shapes of what the nodes compute, in one tensor. */
    SHAPES,
    /** What the nodes compute, each node's first output. */
    VALUES
  }

  /** A computed operand of a node. */
  record Input(DataType type, List<Long> shape) {}

  /** The name of the input that stands for a computed value. */
  static String input(int position) {
    return "x" + position;
  }

  /** Whether this is the name of the weight of a copy. */
  static boolean isWeight(String name) {
    return name.startsWith("weight");
  }

  /** The name of the weight of one copy. */
  static String weight(int copy) {
    return "weight" + copy;
  }

  /**
   * Builds the model.
   *
   * @param inputs of the computed values; sizes are left free
   * @param copies how often the site is repeated
   */
  ModelProto build(Map<Value, Input> inputs, int copies) {
    for (int i = 0; i < computed.size(); i++) {
      graph.addInput(
          GraphParts.declaration(input(i), Objects.requireNonNull(inputs.get(computed.get(i)))));
    }
    for (int copy = 0; copy < copies; copy++) {
      graph.addInitializer(external(copy));
      for (NodeRef node : site.nodes()) {
        add(node, copy);
      }
    }
    if (outputs == Yield.SHAPES) {
      graph.addNode(shapes);
      graph.addOutput(GraphParts.shapeOutput(shapes.getOutput(0)));
    }
    return ModelProto.newBuilder()
        .setIrVersion(Math.max(4, model.proto().getIrVersion()))
        .addAllOpsetImport(model.proto().getOpsetImportList())
        .setGraph(graph)
        .build();
  }

  /** In a file of their own, weights of any size never come to the heap. */
  private TensorProto external(int copy) {
    return TensorProto.newBuilder()
        .setName(weight(copy))
        .setDataType(weight.getDataType())
        .addAllDims(weight.getDimsList())
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(GraphParts.entry("location", WEIGHTS))
        .addExternalData(GraphParts.entry("offset", Long.toString(copy * stride())))
        .addExternalData(GraphParts.entry("length", Long.toString(Tensors.bytes(weight))))
        .build();
  }

  /** Bytes from one weight to the next in their file: whole pages. */
  long stride() {
    return Math.ceilDiv(Tensors.bytes(weight), PAGE_BYTES) * PAGE_BYTES;
  }

  private void add(NodeRef ref, int copy) {
    String name = "n%d_%d".formatted(graph.getNodeCount(), copy);
    List<String> inputs = new ArrayList<>();
    List<Operand> operands = site.operands(ref);
    for (int i = 0; i < operands.size(); i++) {
      inputs.add(name(operands.get(i), copy, name + "_" + i));
    }
    NodeProto node = site.node(ref);
    NodeProto.Builder built = node.toBuilder().setName(name).clearInput().clearOutput();
    built.addAllInput(inputs);
    for (int i = 0; i < node.getOutputCount(); i++) {
      built.addOutput(node.getOutput(i).isEmpty() ? "" : name + "_out" + i);
    }
    graph.addNode(built);
    if (outputs == Yield.VALUES) {
      graph.addOutput(ValueInfoProto.newBuilder().setName(built.getOutput(0)));
      return;
    }
    graph.addNode(GraphParts.node("Shape", name + "_shape", built.getOutput(0)));
    shapes.addInput(name + "_shape");
  }

  private String name(Operand operand, int copy, String fresh) {
    return switch (operand) {
      case Operand.Absent a -> "";
      case Operand.Computed(Value value) -> input(computed.indexOf(value));
      case Operand.Constant(TensorProto tensor) -> {
        graph.addInitializer(constant(tensor, fresh));
        yield fresh;
      }
      case Operand.Weight(List<NodeProto> preparation) -> {
        String last = weight(copy);
        for (NodeProto node : preparation) {
          String output = fresh + "_" + graph.getNodeCount();
          graph.addNode(
              node.toBuilder()
                  .setName(output)
                  .clearInput()
                  .addInput(last)
                  .clearOutput()
                  .addOutput(output));
          last = output;
        }
        yield last;
      }
    };
  }

  private TensorProto constant(TensorProto tensor, String name) {
    DataType type = Tensors.type(tensor);
    if (type.isFloating()) {
      return random.floating(name, type, tensor.getDimsList());
    }
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(tensor.getDataType())
        .addAllDims(tensor.getDimsList())
        .setRawData(ByteString.copyFrom(model.weights().bytes(tensor).asByteBuffer()))
        .build();
  }
}
