package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Recognises {@link ScaledDotProduct} around a {@code Softmax}.
 *
 * <p>What must hold, else there is no match, and a reason: the softmax runs over the last of four
 * axes, and nothing but the product with V reads it; scores are Q·Kᵀ, times and over constants,
 * plus terms, in this order.
 */
final class ScaledDotProductMatcher {
  private static final int LAST_AXIS = 3;

  /** More terms and factors than this between product and softmax are not looked through. */
  private static final int MOST_STEPS = 16;

  private final Neighbours graph;
  private final FloatConstants constants;
  private final long defaultAxis;

  ScaledDotProductMatcher(AttentionContext context) {
    this.graph = context.graph();
    this.constants = context.constants();
    this.defaultAxis = context.model().opset() < 13 ? 1 : -1;
  }

  /** A value, and what it is multiplied by. */
  private record Scaled(Value value, double by) {}

  /** The attention around a {@code Softmax}. */
  ScaledDotProduct match(NodeRef softmax) throws NoMatch {
    long axis = Nodes.intAttribute(graph.index().node(softmax), "axis", defaultAxis);
    NoMatch.require(
        axis == -1 || axis == LAST_AXIS, "its softmax is not over the last of four axes");
    Value probabilities = graph.throughCasts(graph.output(softmax));
    NodeRef last = graph.onlyReader(probabilities, 0, "MatMul");
    Value value = graph.input(last, 1);
    return fromScores(graph.input(softmax, 0), value, last);
  }

  /** Walks from what the softmax reads up to the product. */
  private ScaledDotProduct fromScores(Value scores, Value values, NodeRef last) throws NoMatch {
    List<Value> terms = new ArrayList<>();
    double scale = 1;
    Value value = scores;
    for (int step = 0; step < MOST_STEPS; step++) {
      NodeRef ref = graph.producer(value, "its scores are computed outside of the graph");
      NodeProto node = graph.index().node(ref);
      NoMatch.require(graph.isPrivate(value), "its scores are read elsewhere too");
      if (isProduct(node)) {
        return product(ref, scale, terms.reversed(), values, last);
      }
      Optional<Float> factor = factor(ref);
      if (factor.isPresent()) {
        scale *= factor.get();
        value = graph.input(ref, 0);
      } else if (graph.changesNothing(ref)) {
        value = graph.input(ref, 0);
      } else {
        NoMatch.require(
            Nodes.is(node, "Add") && scale == 1,
            "node %s stands between its scores and its softmax".formatted(Nodes.describe(node)));
        int path = leadsToProduct(graph.input(ref, 0)) ? 0 : 1;
        terms.add(graph.input(ref, 1 - path));
        value = graph.input(ref, path);
      }
    }
    throw new NoMatch("its scores are too many steps from its softmax");
  }

  private boolean leadsToProduct(Value from) {
    Value value = from;
    for (int step = 0; step < MOST_STEPS; step++) {
      Optional<NodeRef> ref = graph.index().producer(value);
      if (ref.isEmpty() || !graph.isPrivate(value)) {
        return false;
      }
      NodeProto node = graph.index().node(ref.get());
      if (isProduct(node)) {
        return true;
      }
      boolean passes =
          Nodes.is(node, "Add") || factor(ref.get()).isPresent() || graph.changesNothing(ref.get());
      Optional<Value> before = graph.index().input(ref.get(), 0).filter(v -> passes);
      if (before.isEmpty()) {
        return false;
      }
      value = before.get();
    }
    return false;
  }

  private ScaledDotProduct product(
      NodeRef ref, double scale, List<Value> terms, Value values, NodeRef last) throws NoMatch {
    NodeProto node = graph.index().node(ref);
    Scaled query = unscaled(graph.input(ref, 0));
    Scaled key = unscaled(graph.input(ref, 1));
    boolean turned = Nodes.intAttribute(node, "transB", 0) == 0;
    double alpha = Nodes.floatAttribute(node, "alpha", 1);
    double whole = scale * alpha * query.by() * key.by();
    // the operator reads a scale of zero as the usual one
    NoMatch.require((float) whole != 0, "its scale vanishes");
    return new ScaledDotProduct(query.value(), key.value(), turned, values, whole, terms, last);
  }

  /** {@code MatMul}, or what ONNX Runtime makes of it and a scale. */
  private static boolean isProduct(NodeProto node) {
    boolean plain =
        Stream.of("transA", "transBatchA", "transBatchB")
            .allMatch(flag -> Nodes.intAttribute(node, flag, 0) == 0);
    return Nodes.is(node, "MatMul") || (plain && Nodes.isMicrosoft(node, "FusedMatMul"));
  }

  /** Query and key may be scaled each, after they were split. */
  private Scaled unscaled(Value value) throws NoMatch {
    Optional<NodeRef> ref = graph.index().producer(value);
    Optional<Float> factor = ref.flatMap(this::factor);
    return factor.isPresent()
        ? new Scaled(graph.input(ref.get(), 0), factor.get())
        : new Scaled(value, 1);
  }

  /** The constant that a node multiplies its first input by. */
  private Optional<Float> factor(NodeRef ref) {
    NodeProto node = graph.index().node(ref);
    if (!Nodes.is(node, "Mul") && !Nodes.is(node, "Div")) {
      return Optional.empty();
    }
    return graph
        .index()
        .input(ref, 1)
        .flatMap(constants::scalar)
        .map(c -> Nodes.is(node, "Div") ? 1 / c : c)
        .filter(c -> Float.isFinite(c) && c != 0);
  }
}
