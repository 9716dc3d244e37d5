package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.rewrite.ScoresMatcher.Scores;
import java.util.List;
import java.util.Optional;

/**
 * Recognises {@link Attention} around a {@code Softmax}.
 *
 * <p>What must hold, else there is no match, and a reason:
 *
 * <ol>
 *   <li>Softmax runs over the last of four axes, and nothing but the product with V reads it.
 *   <li>Scores are Q·Kᵀ, times and over constants, plus terms; in this order.
 *   <li>Q, K and V are [batch, length, heads·size] split into heads by {@code Reshape} and {@code
 *       Transpose}, with the same batch and heads in every run, by {@link SymbolicShapes}.
 *   <li>Heads are put last again by a {@code Transpose}.
 *   <li>All is fp32: ONNX Runtime has no other kernel on the CPU.
 *   <li>Each term is [1 or batch, 1 or heads, …], as far as its sizes are numbers: others have to
 *       be, or the run fails.
 * </ol>
 */
final class AttentionMatcher {
  private static final int LAST_AXIS = 3;

  private final Neighbours graph;
  private final SymbolicShapes shapes;
  private final FloatConstants constants;
  private final long defaultAxis;

  AttentionMatcher(OnnxModel model, GraphIndex index, SymbolicShapes shapes) {
    this.graph = new Neighbours(index);
    this.shapes = shapes;
    this.constants = new FloatConstants(model, index);
    this.defaultAxis = model.opset() < 13 ? 1 : -1;
  }

  /**
   * The attention around a {@code Softmax}.
   *
   * @throws NoMatch with the reason, where there is none that could be fused
   */
  Attention match(NodeRef softmax) throws NoMatch {
    long axis = Nodes.intAttribute(graph.index().node(softmax), "axis", defaultAxis);
    NoMatch.require(
        axis == -1 || axis == LAST_AXIS, "its softmax is not over the last of four axes");
    Value probabilities = graph.throughCasts(graph.output(softmax));
    NodeRef product = graph.onlyReader(probabilities, 0, "MatMul");
    NodeRef transposed = graph.onlyReader(graph.output(product), 0, "Transpose");
    NoMatch.require(
        graph.permutes(transposed, Heads.FIRST), "its heads are not merged by a transpose");
    Value merged = graph.output(transposed);
    NodeRef last =
        graph.isOnlyReadBy(merged, 0, "Reshape")
            ? graph.onlyReader(merged, 0, "Reshape")
            : transposed;
    Heads value = Heads.of(graph.input(product, 1), graph, shapes);
    Scores scores = new ScoresMatcher(graph, shapes, constants).match(graph.input(softmax, 0));
    return checked(last, scores, value);
  }

  private Attention checked(NodeRef last, Scores scores, Heads value) throws NoMatch {
    Heads query = scores.query();
    Heads key = scores.key();
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
    for (Value term : scores.terms()) {
      requireBroadcast(term, query);
    }
    return new Attention(
        last,
        query.packed(),
        key.packed(),
        value.packed(),
        query.count() instanceof Dim.Size(long heads) ? (int) heads : 0,
        scores.scale(),
        scores.terms(),
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
