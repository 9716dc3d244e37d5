package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Recognises {@link SelfAttention} around a {@code Softmax}.
 *
 * <p>What must hold beside a {@link ScaledDotProduct}, else there is no match, and a reason:
 *
 * <ol>
 *   <li>Q, K and V are [batch, heads, length, size] of one length in every run, by {@link
 *       SymbolicShapes}.
 *   <li>Each term, or each part of a sum that is one, is the same for every query or a {@link
 *       PositionBias}.
 *   <li>All is fp32, as are the constants of the rewrite.
 * </ol>
 */
final class SelfAttentionMatcher {
  private final AttentionContext context;
  private final ScaledDotProductMatcher products;
  private final QueryIndependence independence;
  private final PositionBias positions;

  SelfAttentionMatcher(AttentionContext context) {
    this.context = context;
    this.products = new ScaledDotProductMatcher(context);
    this.independence = new QueryIndependence(context.index(), context.shapes());
    this.positions = new PositionBias(context.index(), context.constants());
  }

  SelfAttention match(NodeRef softmax) throws NoMatch {
    ScaledDotProduct product = products.match(softmax);
    Dim length = heads(product.query()).get(2);
    Dim keys = heads(product.key()).get(product.turned() ? 3 : 2);
    Dim values = heads(product.value()).get(2);
    NoMatch.require(
        keys.equals(length) && values.equals(length),
        "its queries, keys and values are not provably of the same sequence");
    NoMatch.require(
        context.constants().provesFloat(product.key())
            && context.constants().provesFloat(product.value()),
        "it is not provably of fp32");
    List<Value> masks = new ArrayList<>();
    List<Value> biases = new ArrayList<>();
    for (Value term : product.terms()) {
      sort(term, length, masks, biases);
    }
    return new SelfAttention(product, masks, biases, length);
  }

  private List<Dim> heads(Value value) throws NoMatch {
    return context
        .shapes()
        .shape(value)
        .filter(dims -> dims.size() == 4)
        .orElseThrow(() ->
            new NoMatch("its query, key or value is not provably [batch, heads, length, size]"));
  }

  private void sort(Value term, Dim length, List<Value> masks, List<Value> biases) throws NoMatch {
    Optional<NodeRef> producer = context.index().producer(term);
    if (isMask(term, length)) {
      masks.add(term);
    } else if (isBias(term, length)) {
      biases.add(term);
    } else if (producer.filter(ref -> Nodes.is(context.index().node(ref), "Add")).isPresent()) {
      sort(context.graph().input(producer.get(), 0), length, masks, biases);
      sort(context.graph().input(producer.get(), 1), length, masks, biases);
    } else {
      throw new NoMatch(
          "'%s', which is added to its scores, differs from query to query and is not provably a bias of positions, as a causal mask"
              .formatted(term.name()));
    }
  }

  private boolean isMask(Value term, Dim length) {
    Optional<List<Dim>> dims = context.shapes().shape(term);
    return dims.filter(d -> d.size() == 4 && d.get(1).is(1) && isLength(d.get(3), length))
            .isPresent()
        && independence.holds(term);
  }

  private boolean isBias(Value term, Dim length) {
    Optional<List<Dim>> dims = context.shapes().shape(term);
    return dims.filter(d -> d.size() > 1 && isLength(d.getLast(), length)).isPresent()
        && positions.holds(term);
  }

  /** Names of axes may differ; only a number surely is none of the sequence's lengths. */
  private static boolean isLength(Dim dim, Dim sequence) {
    return !dim.is(1) && Dims.fits(dim, sequence);
  }
}
