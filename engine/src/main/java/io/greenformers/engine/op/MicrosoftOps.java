package io.greenformers.engine.op;

import io.greenformers.engine.torch.Optionals;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What ONNX Runtime's optimiser and exporters fuse, but for attention. */
final class MicrosoftOps {
  private static final double EPSILON = 1e-12;
  private static final double QUICK = 1.702;

  private MicrosoftOps() {}

  static void register(Registry.Domain domain) {
    domain.one("Gelu", 1, c -> torch.gelu(c.tensor(0)));
    domain.one("BiasGelu", 1, c -> torch.gelu(biased(c)));
    domain.one("FastGelu", 1, c -> torch.gelu(biased(c), "tanh"));
    domain.one("QuickGelu", 1, MicrosoftOps::quickGelu);
    domain.one("FusedMatMul", 1, MicrosoftOps::fusedMatMul);
    domain.one("FusedGemm", 1, MicrosoftOps::fusedGemm);
    domain.many("SkipLayerNormalization", 1, MicrosoftOps::skipLayerNorm);
    domain.many("SkipSimplifiedLayerNormalization", 1, MicrosoftOps::skipRmsNorm);
    domain.many("EmbedLayerNormalization", 1, MicrosoftOps::embedLayerNorm);
    domain.one("RotaryEmbedding", 1, MicrosoftOps::rotaryEmbedding);
  }

  private static Tensor biased(Call call) {
    Tensor x = call.tensor(0);
    return call.optional(1).map(x::add).orElse(x);
  }

  private static Tensor quickGelu(Call call) {
    Tensor x = call.tensor(0);
    return x.mul(x.mul(Scalars.of(call.attributes().real("alpha", QUICK))).sigmoid());
  }

  private static Tensor fusedMatMul(Call call) {
    Attributes attributes = call.attributes();
    if (attributes.flag("transBatchA", false) || attributes.flag("transBatchB", false)) {
      throw new IllegalArgumentException("transposed batches are not supported");
    }
    Tensor a = last(call.tensor(0), attributes.flag("transA", false));
    Tensor b = last(call.tensor(1), attributes.flag("transB", false));
    return a.matmul(b).mul(Scalars.of(attributes.real("alpha", 1)));
  }

  private static Tensor last(Tensor x, boolean transposed) {
    return transposed && x.dim() > 1 ? x.transpose(-1, -2) : x;
  }

  private static Tensor fusedGemm(Call call) {
    Tensor product = MatrixOps.gemm(call);
    String activation = call.attributes().text("activation", "");
    double alpha = call.attributes().real("activation_alpha", 0.01);
    return switch (activation) {
      case "Relu" -> product.relu();
      case "Tanh" -> product.tanh();
      case "Sigmoid" -> product.sigmoid();
      case "LeakyRelu" -> torch.leaky_relu(product, Scalars.of(alpha));
      default -> throw new IllegalArgumentException("activation " + activation);
    };
  }

  /** Outputs: the norm, two that only training of ONNX Runtime makes, and the sum. */
  private static List<Tensor> skipLayerNorm(Call call) {
    Tensor sum = sum(call, 4);
    long[] last = {sum.size(-1)};
    return skipped(
        NormOps.layerNorm(sum, last, call.tensor(2), call.optional(3), epsilon(call)), sum);
  }

  private static List<Tensor> skipRmsNorm(Call call) {
    Tensor sum = sum(call, 3);
    long[] last = {sum.size(-1)};
    Tensor normal = torch.rms_norm(sum, last, Optionals.tensor(), Optionals.real(epsilon(call)));
    return skipped(normal.mul(call.tensor(2)), sum);
  }

  private static Tensor sum(Call call, int bias) {
    Tensor sum = call.tensor(0).add(call.tensor(1));
    return call.optional(bias).map(sum::add).orElse(sum);
  }

  private static List<Tensor> skipped(Tensor normal, Tensor sum) {
    Tensor absent =
        torch.empty(new long[] {0}, new TensorOptions(normal.scalar_type()), Optionals.format());
    return List.of(normal, absent, absent, sum);
  }

  private static double epsilon(Call call) {
    return call.attributes().real("epsilon", EPSILON);
  }

  /** Outputs: the norm, how many tokens the mask leaves of each row, and the sum. */
  private static List<Tensor> embedLayerNorm(Call call) {
    Tensor ids = call.tensor(0);
    Tensor tokens = AttentionOps.rows(call.tensor(2), ids);
    Tensor positions =
        call.optional(8)
            .map(p -> AttentionOps.rows(call.tensor(3), p))
            .orElseGet(() -> call.tensor(3).narrow(0, 0, ids.size(1)));
    Tensor placed = tokens.add(positions);
    Tensor sum =
        call.optional(1)
            .map(segments -> placed.add(AttentionOps.rows(call.tensor(4), segments)))
            .orElse(placed);
    long[] last = {sum.size(-1)};
    Tensor counts =
        call.optional(7)
            .map(mask -> torch.sum(mask, new long[] {1}, false, Optionals.type(ScalarType.Int)))
            .orElseGet(() -> torch.zeros_like(ids.select(1, 0)).to(ScalarType.Int));
    return List.of(
        NormOps.layerNorm(sum, last, call.tensor(5), Optional.of(call.tensor(6)), epsilon(call)),
        counts,
        sum);
  }

  /** Positions are [batch, length], or one offset for all. */
  private static Tensor rotaryEmbedding(Call call) {
    Tensor x = call.tensor(0);
    Tensor cosine = call.tensor(2);
    long rotated = call.attributes().integer("rotary_embedding_dim", 0);
    boolean packed = x.dim() == 3;
    long size =
        rotated > 0
            ? x.size(-1) / Math.max(1, call.attributes().integer("num_heads", 1))
            : 2 * cosine.size(1);
    Tensor heads = AttentionOps.heads(x, packed ? x.size(2) / size : 0);
    Tensor positions = call.tensor(1);
    Tensor places =
        positions.numel() == 1 && positions.dim() == 1
            ? AttentionOps.positions(heads.size(2), x).add(positions).unsqueeze(0)
            : positions;
    Tensor turned =
        Rotation.rotate(
            heads,
            AttentionOps.rows(cosine, places).unsqueeze(1),
            AttentionOps.rows(call.tensor(3), places).unsqueeze(1),
            rotated,
            call.attributes().flag("interleaved", false));
    return AttentionOps.merged(turned, packed);
  }
}
