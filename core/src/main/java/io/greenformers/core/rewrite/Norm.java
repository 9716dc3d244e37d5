package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A layer normalisation over the last axis: one {@code LayerNormalization}, or the nine nodes that
 * exporters wrote before opset 17.
 *
 * @param last the node that makes its output
 * @param input what it normalises
 * @param readers the nodes of it that read the input
 */
record Norm(
    NodeRef last,
    Value input,
    Set<NodeRef> readers,
    Value scale,
    Optional<Value> bias,
    float epsilon) {
  private static final float DEFAULT_EPSILON = 1e-5f;

  Norm {
    readers = Set.copyOf(readers);
  }

  /** The normalisation that ends with a node. */
  static Optional<Norm> endingWith(NodeRef ref, GraphIndex index, FloatConstants constants) {
    NodeProto node = index.node(ref);
    if (Nodes.is(node, "LayerNormalization")) {
      long axis = Nodes.intAttribute(node, "axis", -1);
      return axis == -1 && node.getOutputCount() == 1
          ? Optional.of(
              new Norm(
                  ref,
                  index.input(ref, 0).orElseThrow(),
                  Set.of(ref),
                  index.input(ref, 1).orElseThrow(),
                  index.input(ref, 2),
                  Nodes.floatAttribute(node, "epsilon", DEFAULT_EPSILON)))
          : Optional.empty();
    }
    return Nodes.is(node, "Add") ? new Chain(index, constants).match(ref) : Optional.empty();
  }

  /** d/√(mean(d²) + ε)·scale + bias, with d = x − mean(x). */
  private record Chain(GraphIndex index, FloatConstants constants) {

    Optional<Norm> match(NodeRef add) {
      Optional<NodeRef> scaled = made(add, 0, "Mul");
      Optional<NodeRef> quotient = scaled.flatMap(m -> made(m, 0, "Div"));
      Optional<NodeRef> root = quotient.flatMap(q -> made(q, 1, "Sqrt"));
      Optional<NodeRef> shifted = root.flatMap(r -> made(r, 0, "Add"));
      Optional<Float> epsilon = shifted.flatMap(s -> index.input(s, 1)).flatMap(constants::scalar);
      Optional<NodeRef> variance = shifted.flatMap(s -> mean(s, 0));
      Optional<NodeRef> square = variance.flatMap(v -> made(v, 0, "Pow"));
      Optional<Float> exponent = square.flatMap(p -> index.input(p, 1)).flatMap(constants::scalar);
      Optional<NodeRef> centred = quotient.flatMap(q -> made(q, 0, "Sub"));
      Optional<NodeRef> alsoCentred = square.flatMap(p -> made(p, 0, "Sub"));
      Optional<NodeRef> mean = centred.flatMap(c -> mean(c, 1));
      Optional<NodeRef> alsoMean = alsoCentred.flatMap(c -> mean(c, 1));
      Optional<Value> input = mean.flatMap(m -> index.input(m, 0));
      boolean matches =
          input.isPresent()
              && epsilon.isPresent()
              && exponent.equals(Optional.of(2f))
              && input.equals(index.input(centred.get(), 0))
              && alsoMean.isPresent()
              && input.equals(index.input(alsoMean.get(), 0))
              && input.equals(index.input(alsoCentred.get(), 0));
      return matches
          ? Optional.of(
              new Norm(
                  add,
                  input.get(),
                  new HashSet<>(
                      List.of(centred.get(), alsoCentred.get(), mean.get(), alsoMean.get())),
                  index.input(scaled.get(), 1).orElseThrow(),
                  index.input(add, 1),
                  epsilon.get()))
          : Optional.empty();
    }

    private Optional<NodeRef> made(NodeRef ref, int input, String operator) {
      return index
          .input(ref, input)
          .flatMap(index::producer)
          .filter(n -> Nodes.is(index.node(n), operator));
    }

    private Optional<NodeRef> mean(NodeRef ref, int input) {
      return made(ref, input, "ReduceMean")
          .filter(n -> Nodes.intAttribute(index.node(n), "keepdims", 1) != 0)
          .filter(n ->
              Nodes.attribute(index.node(n), "axes")
                  .filter(a -> a.getIntsList().equals(List.of(-1L)))
                  .isPresent());
    }
  }
}
