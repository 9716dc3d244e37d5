package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import java.util.List;
import java.util.Optional;

/**
 * Recognises {@link Attention} around a {@code Softmax}.
 *
 * <p>What must hold beside a {@link ScaledDotProduct}, else there is no match, and a reason:
 *
 * <ol>
 *   <li>Q, K and V are [batch, length, heads·size] split into heads by {@code Reshape} and {@code
 *       Transpose}, with the same batch and heads in every run, by {@link SymbolicShapes}.
 *   <li>Heads are put last again by a {@code Transpose}.
 *   <li>All is fp32: ONNX Runtime has no other kernel on the CPU.
 *   <li>Each term is [1 or batch, 1 or heads, …], as far as its sizes are numbers: others have to
 *       be, or the run fails.
 * </ol>
 */
final class AttentionMatcher {
  private final Neighbours graph;
  private final SymbolicShapes shapes;
  private final FloatConstants constants;
  private final ScaledDotProductMatcher products;

  AttentionMatcher(AttentionContext context) {
    this.graph = context.graph();
    this.shapes = context.shapes();
    this.constants = context.constants();
    this.products = new ScaledDotProductMatcher(context);
  }

  Attention match(NodeRef softmax) throws NoMatch {
    ScaledDotProduct product = products.match(softmax);
    NodeRef transposed = graph.onlyReader(graph.output(product.last()), 0, "Transpose");
    NoMatch.require(
        graph.permutes(transposed, Heads.FIRST), "its heads are not merged by a transpose");
    Value merged = graph.output(transposed);
    NodeRef last =
        graph.isOnlyReadBy(merged, 0, "Reshape")
            ? graph.onlyReader(merged, 0, "Reshape")
            : transposed;
    return checked(last, product);
  }

  private Attention checked(NodeRef last, ScaledDotProduct product) throws NoMatch {
    Heads value = Heads.of(product.value(), graph, shapes);
    Heads query = Heads.of(product.query(), graph, shapes);
    Heads key = Heads.ofKey(product, graph, shapes);
    NoMatch.require(
        query.batch().equals(key.batch()) && query.batch().equals(value.batch()),
        "its query, key and value are not provably of the same batch");
    NoMatch.require(
        query.count().equals(key.count())
            && query.count().equals(value.count())
            && query.size().equals(key.size()),
        "its query, key and value have different heads");
    NoMatch.require(
        constants.provesFloat(query.packed()) && constants.provesFloat(value.packed()),
        "it is not provably of fp32, the only type of the fused kernel");
    for (Value term : product.terms()) {
      requireBroadcast(term, query);
    }
    return new Attention(
        last,
        query.packed(),
        key.packed(),
        value.packed(),
        query.count() instanceof Dim.Size(long heads) ? (int) heads : 0,
        product.scale(),
        product.terms(),
        List.of(query.batch(), query.before().get(1), value.before().get(2)));
  }

  private void requireBroadcast(Value term, Heads query) throws NoMatch {
    Optional<List<Dim>> shape = shapes.shape(term).filter(dims -> dims.size() <= 4);
    NoMatch.require(
        shape.isPresent(),
        "the shape of '%s', which is added to its scores, is not known".formatted(term.name()));
    List<Dim> dims = shape.get();
    NoMatch.require(
        Dims.fits(fromEnd(dims, 4), query.batch()) && Dims.fits(fromEnd(dims, 3), query.count()),
        "'%s', which is added to its scores, is not [1 or batch, 1 or heads, …]"
            .formatted(term.name()));
  }

  private static Dim fromEnd(List<Dim> dims, int position) {
    return position > dims.size() ? Dims.ONE : dims.get(dims.size() - position);
  }
}
