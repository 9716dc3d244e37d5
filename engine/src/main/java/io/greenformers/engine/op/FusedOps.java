package io.greenformers.engine.op;

import io.greenformers.engine.torch.Optionals;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The operators that take the place of patterns. */
final class FusedOps {
  private FusedOps() {}

  static void register(Registry.Domain domain) {
    domain.one(FuseLayerNorm.OPERATOR, 1, FusedOps::layerNorm);
    domain.one(
        FuseGelu.OPERATOR, 1, c -> torch.gelu(c.tensor(0), c.attributes().text("approximate", "")));
    domain.one(FuseAttention.OPERATOR, 1, FusedOps::attention);
  }

  private static Tensor layerNorm(Call call) {
    Tensor x = call.tensor(0);
    long[] last = {x.size(-1)};
    double epsilon = call.attributes().real("epsilon", 0);
    Tensor scale = call.tensor(1);
    Tensor bias = call.tensor(2);
    if (scale.dim() == 1 && bias.dim() == 1) {
      return NormOps.layerNorm(x, last, scale, Optional.of(bias), epsilon);
    }
    return torch
        .layer_norm(x, last, Optionals.tensor(), Optionals.tensor(), epsilon, true)
        .mul(scale)
        .add(bias);
  }

  /** Inputs: Q, Kᵀ, V, and all that is added to the scores. */
  private static Tensor attention(Call call) {
    Tensor query = call.tensor(0);
    Tensor transposed = call.tensor(1);
    Tensor value = call.tensor(2);
    Optional<Tensor> bias =
        IntStream.range(3, call.inputs()).mapToObj(call::tensor).reduce(Tensor::add);
    double scale = call.attributes().real("scale", 1);
    if (isHeads(query, transposed, value)
        && bias.filter(b -> !fits(b, query, transposed)).isEmpty()) {
      return SoftmaxAttention.scaled(scale).output(query, transposed.transpose(2, 3), value, bias);
    }
    Tensor scores = query.matmul(transposed).mul(Scalars.of(scale));
    return bias.map(scores::add).orElse(scores).softmax(-1).matmul(value);
  }

  private static boolean isHeads(Tensor query, Tensor transposed, Tensor value) {
    return query.dim() == 4
        && transposed.dim() == 4
        && value.dim() == 4
        && Arrays.equals(batch(query), batch(transposed))
        && Arrays.equals(batch(query), batch(value));
  }

  private static long[] batch(Tensor x) {
    return new long[] {x.size(0), x.size(1)};
  }

  /** Whether scores keep their shape when the bias is added. */
  private static boolean fits(Tensor bias, Tensor query, Tensor transposed) {
    long[] scores = {query.size(0), query.size(1), query.size(2), transposed.size(3)};
    return bias.scalar_type().intern() == query.scalar_type().intern()
        && Arrays.equals(scores, Shapes.broadcast(scores, bias.shape()));
  }
}
