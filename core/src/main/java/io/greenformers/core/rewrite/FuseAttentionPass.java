package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.Domains;
import io.greenformers.core.onnx.OnnxModel;
import java.util.List;

/**
 * Puts ONNX Runtime's {@code MultiHeadAttention} in the place of the nodes that compute it.
 *
 * <p>ONNX Runtime fuses attention itself only where Q, K and V are one product each with a
 * constant, and only in some exporters' patterns; factors hide that. What is fused here is what
 * {@link AttentionMatcher} proves; what it cannot prove stays, with a reason.
 */
public final class FuseAttentionPass implements Pass {

  /** What the pass would do to a model. */
  public static List<AttentionFinding> findings(OnnxModel model) {
    return search(AttentionContext.of(model)).findings();
  }

  private static AttentionSearch<Attention> search(AttentionContext context) {
    return AttentionSearch.of(context, new AttentionMatcher(context)::match);
  }

  @Override
  public PassResult apply(OnnxModel model) {
    AttentionContext context = AttentionContext.of(model);
    return search(context)
        .replace(editor -> {
          editor.importOperators(Domains.MICROSOFT, 1);
          return new AttentionRewrite(context, editor)::build;
        });
  }
}
