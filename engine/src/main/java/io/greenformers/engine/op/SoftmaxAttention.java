package io.greenformers.engine.op;

import io.greenformers.engine.torch.Optionals;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * softmax(cap·tanh(scale·QKᵀ/cap) + bias)·V, by libtorch's fused kernel where it can do it. Rows in
 * which everything is masked give zeros.
 *
 * @param scale of the scores
 * @param softcap bound of the scores; 0 for none
 * @param precision of the softmax, where it's another than the query's
 */
record SoftmaxAttention(double scale, double softcap, Optional<ScalarType> precision) {

  /** Everything on the way. */
  record Steps(Tensor product, Tensor capped, Tensor biased, Tensor probabilities, Tensor output) {}

  static SoftmaxAttention scaled(double scale) {
    return new SoftmaxAttention(scale, 0, Optional.empty());
  }

  /**
   * The attention.
   *
   * @param query [batch, heads, queries, size]
   * @param key [batch, groups, keys, size], each group for heads/groups neighbouring heads
   * @param value [batch, groups, keys, size of values]
   * @param bias broadcasts to [batch, heads, queries, keys]; added, of the query's type
   * @return [batch, heads, queries, size of values]
   */
  Tensor output(Tensor query, Tensor key, Tensor value, Optional<Tensor> bias) {
    if (softcap != 0 || precision.isPresent()) {
      return inSteps(query, key, value, bias).output();
    }
    return torch.scaled_dot_product_attention(
        query,
        perHead(key, query),
        perHead(value, query),
        Optionals.tensor(bias.map(b -> b.dim() < 2 ? b.unsqueeze(0) : b)),
        0,
        false,
        Optionals.real(scale),
        false);
  }

  /** The same step by step. */
  Steps inSteps(Tensor query, Tensor key, Tensor value, Optional<Tensor> bias) {
    Tensor transposed = perHead(key, query).transpose(2, 3);
    Tensor product = query.mul(Scalars.of(scale)).matmul(transposed);
    Tensor capped =
        softcap == 0 ? product : product.div(Scalars.of(softcap)).tanh().mul(Scalars.of(softcap));
    Tensor biased = bias.map(capped::add).orElse(capped);
    Tensor softmax = precision.map(biased::to).orElse(biased).softmax(-1);
    Tensor masked = biased.eq(Scalars.of(Double.NEGATIVE_INFINITY)).all(-1, true);
    Tensor probabilities = softmax.masked_fill(masked, Scalars.of(0)).to(query.scalar_type());
    return new Steps(
        product, capped, biased, probabilities, probabilities.matmul(perHead(value, query)));
  }

  private static Tensor perHead(Tensor grouped, Tensor query) {
    long repeats = query.size(1) / grouped.size(1);
    return repeats == 1
        ? grouped
        : grouped.repeat_interleave(repeats, Optionals.integer(1), Optionals.integer());
  }
}
