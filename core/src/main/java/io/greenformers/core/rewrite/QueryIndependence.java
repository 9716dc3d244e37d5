package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.rewrite.Dim.Size;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Whether what is added to scores [batch, heads, S, L] is the same for every query: paddings are,
 * causal masks and relative positions are not.
 *
 * <p>Proven by shapes: the last axis but one is 1 before values are expanded, and operators that
 * work element by element keep that. Exporters also ask whether the number of a place is at least
 * 0, or less: the answer is the same for every query.
 */
final class QueryIndependence {
  private static final int FARTHEST_PROOF = 32;
  private static final Set<String> SAME_NUMBERS =
      Set.of("Identity", "Cast", "Unsqueeze", "Reshape");
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

  private final GraphIndex index;
  private final SymbolicShapes shapes;
  private final ValueProof proof = new ValueProof(this::holds);

  QueryIndependence(AttentionContext context) {
    this.index = context.index();
    this.shapes = context.shapes();
  }

  boolean holds(Value value) {
    return proof.holds(value);
  }

  private boolean holds(Value value, Predicate<Value> operands) {
    if (isOneRow(value)) {
      return true;
    }
    Optional<NodeRef> producer = index.producer(value);
    if (producer.isEmpty()) {
      return false;
    }
    NodeProto node = index.node(producer.get());
    if (!Nodes.is(node, node.getOpType())) {
      return false;
    }
    if (isSettled(producer.get())) {
      return true;
    }
    int inputs =
        BY_ELEMENT.contains(node.getOpType())
            ? node.getInputCount()
            : Nodes.is(node, "Expand") ? 1 : 0;
    return inputs > 0
        && IntStream.range(0, inputs)
            .mapToObj(i -> index.input(producer.get(), i))
            .flatMap(Optional::stream)
            .allMatch(operands);
  }

  private boolean isSettled(NodeRef ref) {
    NodeProto node = index.node(ref);
    return (Nodes.is(node, "GreaterOrEqual") || Nodes.is(node, "Less"))
        && index.input(ref, 0).filter(v -> counts(v, FARTHEST_PROOF)).isPresent()
        && index.input(ref, 1).filter(v -> isConstant(v, number -> number <= 0)).isPresent();
  }

  /** Whether a value holds the numbers of places, from 0 or more on. */
  private boolean counts(Value value, int steps) {
    Optional<NodeRef> producer = index.producer(value);
    if (steps == 0 || producer.isEmpty()) {
      return false;
    }
    NodeRef ref = producer.get();
    NodeProto node = index.node(ref);
    if (SAME_NUMBERS.contains(node.getOpType()) && Nodes.is(node, node.getOpType())) {
      return index.input(ref, 0).filter(v -> counts(v, steps - 1)).isPresent();
    }
    return Nodes.is(node, "Range")
        && index.input(ref, 0).filter(v -> isConstant(v, number -> number >= 0)).isPresent()
        && index.input(ref, 2).filter(v -> isConstant(v, number -> number > 0)).isPresent();
  }

  private boolean isConstant(Value value, LongPredicate holds) {
    return shapes
        .integers(value)
        .filter(all -> all.stream().allMatch(i -> i instanceof Size(long n) && holds.test(n)))
        .isPresent();
  }

  /** Whether the axis of the queries is 1, or there is none. */
  boolean isOneRow(Value value) {
    Optional<List<Dim>> dims = shapes.shape(value);
    return dims.filter(d -> d.size() < 2 || d.get(d.size() - 2).is(1)).isPresent();
  }
}
