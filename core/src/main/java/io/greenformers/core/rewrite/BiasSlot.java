package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.Tensors;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.Site.Use;
import java.util.List;
import java.util.Optional;

/**
 * Where a constant can be added to a use's output at no cost: in the bias that is there, or that
 * the operator could have.
 */
public sealed interface BiasSlot {

  /**
   * An input of the using node itself.
   *
   * @param input its position
   * @param bias the constant there; empty where the node has none yet
   */
  record OfNode(int input, Optional<Value> bias) implements BiasSlot {
    @Override
    public Optional<Value> replaced() {
      return bias;
    }
  }

  /**
   * The constant that the only consumer of the output adds.
   *
   * @param input its position at the consumer
   */
  record OfConsumer(NodeRef consumer, int input, Value bias) implements BiasSlot {
    @Override
    public Optional<Value> replaced() {
      return Optional.of(bias);
    }
  }

  /** The bias whose place a corrected one takes; empty where there is none yet. */
  Optional<Value> replaced();

  /** The slot of one use; empty where only another node could add the constant. */
  static Optional<BiasSlot> of(GraphIndex index, Site site, Use use) {
    long out = use.outputs(site);
    return switch (use.role()) {
      case GEMM_RIGHT, GEMM_LEFT -> gemm(index, use, out);
      case CONV, ATTENTION -> ofNode(index, use, 2, out);
      case EMBED_NORM -> Optional.empty();
      case MATMUL_RIGHT, MATMUL_LEFT, GATHER -> ofConsumer(index, use, out);
    };
  }

  /** Whether a correction of this site needs no further node: every use has a slot. */
  static boolean inEveryUse(GraphIndex index, Site site) {
    return site.uses().stream().allMatch(use -> of(index, site, use).isPresent());
  }

  /**
   * The bytes that a correction of this site adds to the file, at most: of biases where there was
   * none, and of those whose old one others still read.
   */
  static long addedBytes(GraphIndex index, Site site) {
    return site.uses().stream().mapToLong(use -> addedBytes(index, site, use)).sum();
  }

  private static long addedBytes(GraphIndex index, Site site, Use use) {
    DataType type = use.cast().orElse(site.type());
    return of(index, site, use)
        .filter(slot -> slot.replaced().map(bias -> index.uses(bias).size() > 1).orElse(true))
        .map(slot -> type.bytes(use.outputs(site)))
        .orElse(0L);
  }

  private static Optional<BiasSlot> gemm(GraphIndex index, Use use, long out) {
    NodeProto node = index.node(use.node());
    boolean counts = Nodes.floatAttribute(node, "beta", 1) != 0;
    boolean absent = Nodes.input(node, 2).isEmpty();
    return counts || absent
        ? ofNode(index, use, 2, out).filter(s -> absent || use.role() == Site.Role.GEMM_RIGHT)
        : Optional.empty();
  }

  private static Optional<BiasSlot> ofNode(GraphIndex index, Use use, int input, long out) {
    Optional<Value> bias = index.input(use.node(), input);
    return bias.isEmpty() || isBias(index, bias.get(), out)
        ? Optional.of(new OfNode(input, bias))
        : Optional.empty();
  }

  private static Optional<BiasSlot> ofConsumer(GraphIndex index, Use use, long out) {
    if (use.role() == Site.Role.MATMUL_LEFT) {
      return Optional.empty();
    }
    Value output = new Value(use.node().graph(), index.node(use.node()).getOutput(0));
    List<GraphIndex.Use> readers = index.uses(output);
    if (readers.size() != 1 || index.isOutput(output)) {
      return Optional.empty();
    }
    NodeRef reader = readers.getFirst().node();
    int input = biasInput(index.node(reader), readers.getFirst().input());
    return input < 0 || reader.graph() != use.node().graph()
        ? Optional.empty()
        : index
            .input(reader, input)
            .filter(bias -> isBias(index, bias, out))
            .map(bias -> new OfConsumer(reader, input, bias));
  }

  /** Which input is added to the one at {@code position}; -1 where none is. */
  private static int biasInput(NodeProto node, int position) {
    if (Nodes.is(node, "Add")) {
      return 1 - position;
    }
    if (position == 0
        && (Nodes.isMicrosoft(node, "BiasGelu") || Nodes.isMicrosoft(node, "FastGelu"))) {
      return 1;
    }
    return position < 2 && Nodes.isMicrosoft(node, "SkipLayerNormalization") ? 4 : -1;
  }

  /** A constant [out], or [1, …, out], that nobody can override. */
  private static boolean isBias(GraphIndex index, Value value, long out) {
    return index
        .constant(value)
        .filter(t -> DataType.of(t.getDataType()).orElseThrow().isFloating())
        .filter(t -> t.getDimsCount() > 0 && t.getDims(t.getDimsCount() - 1) == out)
        .filter((TensorProto t) -> Tensors.elements(t.getDimsList()) == out)
        .isPresent();
  }
}
