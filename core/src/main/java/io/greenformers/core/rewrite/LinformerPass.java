package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.OnnxModel;
import java.util.List;
import java.util.Optional;

/**
 * Turns self-attention over n places into Linformer: attention over k of them, softmax(Q·(E·K)ᵀ/√d
 * + b)·(E·V), O(n·k) instead of O(n²) (Wang et al., Linformer: Self-Attention with Linear
 * Complexity, 2020).
 *
 * <p>E [k, n] is the paper's mean pooling (section 4, general projections), the same for keys and
 * values: the n places are cut into k runs as equal as can be, and E takes the mean of each.
 * Padding is left out of the means; b is the logarithm of how many places a run has, so that it
 * weighs as much as they did. Up to k places nothing changes. E is made where the model runs, so
 * that every length can be run and the file does not grow; what has to be learned, the weights
 * around it learn.
 *
 * <p>What is turned is what {@link AttentionMatcher} proves, where queries and keys are of the same
 * sequence and what is added to the scores is the same for every query; the rest stays, with a
 * reason.
 */
public final class LinformerPass implements Pass {
  private final int projectedLength;

  /**
   * Prepares.
   *
   * @param projectedLength k, at least 1
   */
  public LinformerPass(int projectedLength) {
    if (projectedLength < 1) {
      throw new IllegalArgumentException(
          "expected a projected length of at least 1, found " + projectedLength);
    }
    this.projectedLength = projectedLength;
  }

  /** What the pass would do to a model. */
  public static List<AttentionFinding> findings(OnnxModel model) {
    return search(model).findings();
  }

  private static AttentionSearch search(OnnxModel model) {
    return AttentionSearch.of(model, LinformerPass::demand);
  }

  private static void demand(Attention attention, AttentionSearch search) throws NoMatch {
    SymbolicShapes shapes = search.shapes();
    Dim keys = shapes.shape(attention.key()).orElseThrow().get(1);
    Dim values = shapes.shape(attention.value()).orElseThrow().get(1);
    NoMatch.require(
        keys.equals(attention.merged().get(1)) && keys.equals(values),
        "its queries, keys and values are not provably of the same sequence");
    QueryIndependence independence = new QueryIndependence(search.index(), shapes);
    for (var term : attention.terms()) {
      Optional<List<Dim>> dims = shapes.shape(term);
      NoMatch.require(
          dims.filter(d -> d.size() == 4 && d.get(1).is(1) && isLength(d.get(3), keys)).isPresent()
              && independence.holds(term),
          "'%s', which is added to its scores, is not the same for every query, as a causal mask or a position bias"
              .formatted(term.name()));
    }
  }

  /** Names of axes may differ; only a number surely is none of the sequence's lengths. */
  private static boolean isLength(Dim dim, Dim sequence) {
    return !dim.is(1) && Dims.fits(dim, sequence);
  }

  @Override
  public PassResult apply(OnnxModel model) {
    return search(model)
        .replace((search, editor) -> new LinformerRewrite(search, editor, projectedLength)::build);
  }
}
