package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.OnnxModel;
import java.util.List;

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
 * <p>Biases of positions, as of T5 and ALiBi, become means over the segments too. What is turned is
 * what {@link SelfAttentionMatcher} proves; the rest, as causal attention, stays, with a reason.
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
    return search(AttentionContext.of(model)).findings();
  }

  private static AttentionSearch<SelfAttention> search(AttentionContext context) {
    return AttentionSearch.of(context, new SelfAttentionMatcher(context)::match);
  }

  @Override
  public PassResult apply(OnnxModel model) {
    AttentionContext context = AttentionContext.of(model);
    return search(context)
        .replace(editor -> new LinformerRewrite(context, editor, projectedLength)::build);
  }
}
