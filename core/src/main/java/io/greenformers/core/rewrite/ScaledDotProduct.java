package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import java.util.List;

/**
 * Scaled dot-product attention as exporters write it: softmax(scale·Q·Kᵀ + terms)·V.
 *
 * @param query [batch, heads, S, size], before it is scaled
 * @param key [batch, heads, size, L]; [batch, heads, L, size] where it is not turned
 * @param turned whether the key is transposed before its product
 * @param value [batch, heads, L, size]
 * @param scale of Q·Kᵀ
 * @param terms what is added to the scores, in order: masks, position biases
 * @param last the product with V
 */
record ScaledDotProduct(
    Value query,
    Value key,
    boolean turned,
    Value value,
    double scale,
    List<Value> terms,
    NodeRef last) {
  ScaledDotProduct {
    terms = List.copyOf(terms);
  }
}
