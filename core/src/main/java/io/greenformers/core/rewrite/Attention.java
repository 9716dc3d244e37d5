package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import java.util.List;

/**
 * Multi-head attention as exporters write it: softmax(scale·QKᵀ + terms)·V, with heads split off
 * and merged again by {@code Reshape} and {@code Transpose}.
 *
 * @param last the node whose output attention makes: the {@code Reshape} that merges the heads
 *     again or, where more than that one read them, the {@code Transpose} before it
 * @param query [batch, S, heads·H]
 * @param key [batch, L, heads·H]
 * @param value [batch, L, heads·Hᵥ]
 * @param scale of QKᵀ
 * @param terms what is added to the scores, in order: masks, position biases
 * @param merged the shape [batch, S, heads·Hᵥ] after merging, before {@code last} may reshape it
 */
record Attention(
    NodeRef last,
    Value query,
    Value key,
    Value value,
    int heads,
    double scale,
    List<Value> terms,
    List<Dim> merged)
    implements AttentionSearch.Found {
  Attention {
    terms = List.copyOf(terms);
    merged = List.copyOf(merged);
  }
}
