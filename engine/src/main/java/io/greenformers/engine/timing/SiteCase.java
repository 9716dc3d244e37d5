package io.greenformers.engine.timing;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.Tensors;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TypeProto;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.Site.Role;
import io.greenformers.engine.timing.SiteGraph.Input;
import io.greenformers.engine.timing.SiteNodes.Operand;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A site with the shapes of what it reads: all that its latency depends on. */
final class SiteCase {
  /** Beyond this no cache of any processor holds the weights. */
  private static final long COLD_BYTES = 64L << 20;

  /** Of one run: keeps it at some milliseconds; where there is more to do, weights matter less. */
  private static final double MOST_WORK = 2e9;

  private static final int MOST_COPIES = 32;

  private final OnnxModel model;
  private final GraphIndex index;
  private final Site site;
  private final OperandShapes shapes;
  private final SiteNodes nodes;

  SiteCase(OnnxModel model, GraphIndex index, Site site, OperandShapes shapes) {
    this.model = model;
    this.index = index;
    this.site = site;
    this.shapes = shapes;
    this.nodes = new SiteNodes(index, site);
  }

  DataType type() {
    return site.type();
  }

  SiteGraph graph(SiteGraph.Yield outputs) {
    return new SiteGraph(model, nodes, site, outputs);
  }

  /** The computed operands at any shape of the grid. */
  Map<Value, Input> inputs() {
    return inputs(shapes.grid().getFirst());
  }

  /** The computed operands, in the order of the nodes. */
  Map<Value, Input> inputs(GridShape at) {
    Map<Value, Input> inputs = new LinkedHashMap<>();
    for (Value value : nodes.computed()) {
      inputs.put(value, new Input(type(value), shapes.shape(value, at)));
    }
    return inputs;
  }

  /** Integers that the site reads are below this. */
  long tokenBound() {
    return Math.min(site.tensor().getDims(0), site.tensor().getDims(1));
  }

  /**
   * How many copies, with a weight each, are run in turn: enough that the weights are as cold as in
   * the whole model, a power of two.
   */
  int copies(GridShape at) {
    long bytes = site.type().bytes(site.parameters());
    double cold = (double) Math.min(COLD_BYTES, weightBytes()) / bytes;
    double most = Math.min(Math.min(cold, MOST_WORK / work(at)), MOST_COPIES);
    return Integer.highestOneBit((int) Math.max(1, most));
  }

  /** What decides the latency at one shape; equal for sites that need be timed once. */
  String key(GridShape at) {
    String reads =
        inputs(at).values().stream()
            .map(i -> i.type() + i.shape().toString())
            .collect(Collectors.joining(","));
    String computes = nodes.nodes().stream().map(this::describe).collect(Collectors.joining(";"));
    return "%s %s%s reads %s, %d in turn"
        .formatted(computes, site.type(), site.tensor().getDimsList(), reads, copies(at));
  }

  /** The keys at all shapes. */
  String key() {
    return shapes.grid().stream().map(this::key).collect(Collectors.joining("|"));
  }

  private long weightBytes() {
    return model.proto().getGraph().getInitializerList().stream().mapToLong(Tensors::bytes).sum();
  }

  /** Floating-point operations of one copy, roughly, and rather too many than too few. */
  private double work(GridShape at) {
    long elements =
        inputs(at).values().stream()
            .mapToLong(i -> i.type().isFloating() ? Tensors.elements(i.shape()) : 0)
            .max()
            .orElse(0);
    double vectors = Math.max(1, (double) elements / Math.min(site.rows(), site.columns()));
    return 2 * vectors * site.parameters();
  }

  private String describe(NodeRef ref) {
    NodeProto node = index.node(ref);
    String operands =
        nodes.operands(ref).stream()
            .map(o ->
                switch (o) {
                  case Operand.Absent a -> "-";
                  case Operand.Weight(List<NodeProto> preparation) ->
                      preparation.stream()
                              .map(n -> n.getOpType() + ".")
                              .collect(Collectors.joining())
                          + "W";
                  case Operand.Constant(var tensor) ->
                      Tensors.type(tensor) + tensor.getDimsList().toString();
                  case Operand.Computed c -> "x";
                })
            .collect(Collectors.joining(" "));
    return "%s%s(%s%s)".formatted(node.getDomain(), node.getOpType(), operands, attributes(node));
  }

  private static String attributes(NodeProto node) {
    return node.getAttributeList().stream()
        .sorted(Comparator.comparing(AttributeProto::getName))
        .map(a ->
            " %s=%s"
                .formatted(
                    a.getName(),
                    switch (a.getType()) {
                      case INT -> a.getI();
                      case FLOAT -> a.getF();
                      case INTS -> a.getIntsList();
                      default -> a.getType() + "#" + a.toByteString().hashCode();
                    }))
        .collect(Collectors.joining());
  }

  private DataType type(Value value) {
    return index
        .type(value)
        .map(TypeProto.Tensor::getElemType)
        .flatMap(DataType::of)
        .orElseGet(this::usualType);
  }

  private DataType usualType() {
    boolean gathers = site.uses().stream().allMatch(u -> u.role() == Role.GATHER);
    return gathers ? DataType.INT64 : site.uses().getFirst().cast().orElse(site.type());
  }
}
