package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import java.util.List;

/**
 * Attention of a sequence to itself, whose places can be pooled.
 *
 * @param masks terms of the scores that are the same for every query, [1 or batch, 1, ·, n]
 * @param biases other terms: finite numbers by positions, […, n, n]
 * @param length n
 */
record SelfAttention(ScaledDotProduct product, List<Value> masks, List<Value> biases, Dim length)
    implements AttentionSearch.Found {
  SelfAttention {
    masks = List.copyOf(masks);
    biases = List.copyOf(biases);
  }

  @Override
  public NodeRef last() {
    return product.last();
  }
}
