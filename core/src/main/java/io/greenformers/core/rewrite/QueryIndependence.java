package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Whether what is added to scores [batch, heads, S, L] is the same for every query: paddings are,
 * causal masks and relative positions are not.
 *
 * <p>Proven by shapes: the last axis but one is 1 before values are expanded, and operators that
 * work element by element keep that.
 */
record QueryIndependence(GraphIndex index, SymbolicShapes shapes) {
  private static final int FARTHEST_PROOF = 32;
  private static final Set<String> BY_ELEMENT =
      Set.of(
          "Identity",
          "Cast",
          "Not",
          "Neg",
          "Abs",
          "Add",
          "Sub",
          "Mul",
          "Div",
          "Where",
          "And",
          "Or",
          "Equal",
          "Greater",
          "GreaterOrEqual",
          "Less",
          "LessOrEqual",
          "Min",
          "Max",
          "Clip");

  boolean holds(Value value) {
    return holds(value, FARTHEST_PROOF);
  }

  private boolean holds(Value value, int steps) {
    if (isOneRow(value)) {
      return true;
    }
    Optional<NodeRef> producer = index.producer(value);
    if (steps == 0 || producer.isEmpty()) {
      return false;
    }
    NodeProto node = index.node(producer.get());
    if (!Nodes.is(node, node.getOpType())) {
      return false;
    }
    int inputs =
        BY_ELEMENT.contains(node.getOpType())
            ? node.getInputCount()
            : Nodes.is(node, "Expand") ? 1 : 0;
    return inputs > 0
        && IntStream.range(0, inputs)
            .mapToObj(i -> index.input(producer.get(), i))
            .flatMap(Optional::stream)
            .allMatch(input -> holds(input, steps - 1));
  }

  /** Whether the axis of the queries is 1, or there is none. */
  boolean isOneRow(Value value) {
    Optional<List<Dim>> dims = shapes.shape(value);
    return dims.filter(d -> d.size() < 2 || d.get(d.size() - 2).is(1)).isPresent();
  }
}
