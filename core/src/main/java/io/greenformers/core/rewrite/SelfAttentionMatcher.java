package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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
  private static final int MOST_PARTS = 32;

  private final AttentionContext context;
  private final ScaledDotProductMatcher products;
  private final QueryIndependence independence;
  private final PositionBias positions;

  SelfAttentionMatcher(AttentionContext context) {
    this.context = context;
    this.products = new ScaledDotProductMatcher(context);
    this.independence = new QueryIndependence(context);
    this.positions = new PositionBias(context);
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
    return sorted(product, length);
  }

  private List<Dim> heads(Value value) throws NoMatch {
    return context
        .shapes()
        .shape(value)
        .filter(dims -> dims.size() == 4)
        .orElseThrow(() ->
            new NoMatch("its query, key or value is not provably [batch, heads, length, size]"));
  }

  /** Takes sums of terms apart where it must. */
  private SelfAttention sorted(ScaledDotProduct product, Dim length) throws NoMatch {
    List<Value> masks = new ArrayList<>();
    List<Value> biases = new ArrayList<>();
    Deque<Value> parts = new ArrayDeque<>(product.terms());
    for (int seen = 0; !parts.isEmpty(); seen++) {
      NoMatch.require(seen < MOST_PARTS, "its scores are sums of too many parts");
      Value part = parts.pop();
      if (isMask(part, length)) {
        masks.add(part);
      } else if (isBias(part, length)) {
        biases.add(part);
      } else {
        NodeRef sum = sum(part);
        parts.push(context.graph().input(sum, 1));
        parts.push(context.graph().input(sum, 0));
      }
    }
    return new SelfAttention(product, masks, biases, length);
  }

  private NodeRef sum(Value part) throws NoMatch {
    Optional<NodeRef> producer = context.index().producer(part);
    NoMatch.require(
        producer.filter(ref -> Nodes.is(context.index().node(ref), "Add")).isPresent(),
        "'%s', which is added to its scores, differs from query to query and is not provably a bias of positions, as a causal mask"
            .formatted(part.name()));
    return producer.get();
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
