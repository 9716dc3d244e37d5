package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.rewrite.Dim.Size;
import java.util.List;
import java.util.Optional;

/**
 * A value [batch, length, heads·size] that is split into heads.
 *
 * @param packed the value before the split
 * @param before its shape
 * @param after [batch, length, heads, size], before heads are put first
 */
record Heads(Value packed, List<Dim> before, List<Dim> after) {
  static final List<Long> FIRST = List.of(0L, 2L, 1L, 3L);
  static final List<Long> FIRST_AND_TURNED = List.of(0L, 2L, 3L, 1L);
  static final List<Long> TURNED = List.of(0L, 1L, 3L, 2L);

  Heads {
    before = List.copyOf(before);
    after = List.copyOf(after);
  }

  Dim batch() {
    return after.get(0);
  }

  Dim count() {
    return after.get(2);
  }

  Dim size() {
    return after.get(3);
  }

  /** The heads of a value [batch, heads, length, size]. */
  static Heads of(Value value, Neighbours graph, SymbolicShapes shapes) throws NoMatch {
    return of(value, FIRST, graph, shapes);
  }

  /** The heads of keys, turned at once, in two steps, or not at all. */
  static Heads ofKey(ScaledDotProduct product, Neighbours graph, SymbolicShapes shapes)
      throws NoMatch {
    if (!product.turned()) {
      return of(product.key(), FIRST, graph, shapes);
    }
    NodeRef ref = graph.producer(product.key(), "its key is an input");
    return graph.permutes(ref, TURNED)
        ? of(graph.input(ref, 0), FIRST, graph, shapes)
        : of(product.key(), FIRST_AND_TURNED, graph, shapes);
  }

  private static Heads of(
      Value value, List<Long> permutation, Neighbours graph, SymbolicShapes shapes) throws NoMatch {
    String reason = "its query, key or value is not a product split into heads";
    NodeRef transpose = graph.producer(value, reason);
    NoMatch.require(graph.permutes(transpose, permutation), reason);
    NodeRef split = graph.producer(graph.input(transpose, 0), reason);
    NoMatch.require(Nodes.is(graph.index().node(split), "Reshape"), reason);
    Value packed = graph.input(split, 0);
    Optional<List<Dim>> before = shapes.shape(packed);
    Optional<List<Dim>> after = shapes.shape(graph.output(split));
    NoMatch.require(
        before.isPresent() && after.isPresent() && splitsLastAxis(before.get(), after.get()),
        "its query, key or value is not provably [batch, length, heads·size] before the split");
    return new Heads(packed, before.get(), after.get());
  }

  private static boolean splitsLastAxis(List<Dim> before, List<Dim> after) {
    return before.size() == 3
        && after.size() == 4
        && before.subList(0, 2).equals(after.subList(0, 2))
        && before.get(2) instanceof Size(long whole)
        && after.get(2) instanceof Size(long heads)
        && after.get(3) instanceof Size(long size)
        && heads * size == whole;
  }
}
