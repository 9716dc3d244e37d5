package io.greenformers.engine;

import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.rewrite.FactorizePass;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.rewrite.FuseAttentionPass;
import io.greenformers.core.rewrite.FuseSkipNormPass;
import io.greenformers.core.site.Site;
import java.util.List;
import java.util.Map;

/**
 * The passes that make a compressed model, in their order: the same for the proof and for the
 * result.
 *
 * @param fuse whether ONNX Runtime's fused operators may be emitted, which other runtimes lack;
 *     never in a large model, where what spans several sites cannot be proven
 */
record Rewriting(Subject subject, boolean fuse) {

  OnnxModel apply(Map<Site, Factors> factors) {
    OnnxModel factorized =
        new FactorizePass(subject.index(), factors).apply(subject.model()).model();
    return fuse && !subject.isLarge() && !factors.isEmpty() ? fused(factorized) : factorized;
  }

  /** With ONNX Runtime's fused operators. */
  static OnnxModel fused(OnnxModel model) {
    OnnxModel attention = new FuseAttentionPass().apply(model).model();
    return new FuseSkipNormPass().apply(attention).model();
  }

  /** Which attentions are not fused, and why. */
  List<String> remarks() {
    return fuse
        ? FuseAttentionPass.findings(subject.model()).stream()
            .flatMap(f ->
                f
                    .obstacle()
                    .map(why ->
                        "the attention around '%s' is not fused: %s".formatted(f.node(), why))
                    .stream())
            .toList()
        : List.of();
  }
}
