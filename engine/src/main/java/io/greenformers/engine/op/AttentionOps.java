package io.greenformers.engine.op;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The standard's {@code Attention} and {@code RotaryEmbedding}. */
final class AttentionOps {
  private AttentionOps() {}

  static void register(Registry.Domain domain) {
    domain.many("Attention", 23, AttentionOps::attention);
    domain.one("RotaryEmbedding", 23, AttentionOps::rotaryEmbedding);
  }

  private static List<Tensor> attention(Call call) {
    Attributes attributes = call.attributes();
    boolean packed = call.tensor(0).dim() == 3;
    Tensor query = heads(call.tensor(0), attributes.integer("q_num_heads", 0));
    long groups = attributes.integer("kv_num_heads", 0);
    Tensor key = joined(call.optional(4), heads(call.tensor(1), groups));
    Tensor value = joined(call.optional(5), heads(call.tensor(2), groups));
    long past = call.has(4) ? call.tensor(4).size(2) : 0;
    SoftmaxAttention attention =
        new SoftmaxAttention(
            attributes.real("scale", 1 / Math.sqrt((double) query.size(3))),
            attributes.real("softcap", 0),
            attributes.has("softmax_precision")
                ? Optional.of(call.scalarType(attributes.integer("softmax_precision", 1)))
                : Optional.empty());
    Optional<Tensor> bias = bias(call, query, key, past);
    if (call.wants(3)) {
      SoftmaxAttention.Steps steps = attention.inSteps(query, key, value, bias);
      Tensor shown =
          switch ((int) attributes.integer("qk_matmul_output_mode", 0)) {
            case 0 -> steps.product();
            case 1 -> steps.capped();
            case 2 -> steps.biased();
            default -> steps.probabilities();
          };
      return List.of(merged(steps.output(), packed), key, value, shown);
    }
    return List.of(merged(attention.output(query, key, value, bias), packed), key, value);
  }

  /** [batch, length, heads·size] or [batch, heads, length, size] as the latter. */
  static Tensor heads(Tensor x, long heads) {
    return x.dim() == 4
        ? x
        : x.reshape(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2);
  }

  static Tensor merged(Tensor x, boolean packed) {
    return packed ? x.transpose(1, 2).reshape(x.size(0), x.size(2), x.size(1) * x.size(3)) : x;
  }

  static Tensor joined(Optional<Tensor> past, Tensor current) {
    return past.map(p -> torch.cat(new TensorVector(p, current), 2)).orElse(current);
  }

  /** What is added to the scores: the mask, and −∞ where a query may not look. */
  private static Optional<Tensor> bias(Call call, Tensor query, Tensor key, long past) {
    ScalarType type = query.scalar_type();
    long length = key.size(2);
    Optional<Tensor> bias =
        call.optional(3).map(mask -> additive(mask, type)).map(mask -> widened(mask, length));
    Optional<Tensor> valid = call.optional(6).map(n -> n.reshape(-1, 1, 1, 1));
    Optional<Tensor> visible = visible(call, query.size(2), length, past, valid);
    if (valid.isPresent()) {
      Tensor padding = positions(length, query).lt(valid.get());
      visible = Optional.of(visible.map(padding::logical_and).orElse(padding));
    }
    if (visible.isEmpty()) {
      return bias;
    }
    Tensor hidden = additive(visible.get(), type);
    return Optional.of(bias.map(hidden::add).orElse(hidden));
  }

  /**
   * Which keys the windows around a query let it see; with {@code is_causal} none after it. Queries
   * stand at the end of what is valid.
   */
  private static Optional<Tensor> visible(
      Call call, long queries, long keys, long past, Optional<Tensor> valid) {
    boolean causal = call.attributes().flag("is_causal", false);
    long left = call.attributes().integer("left_window_size", -1);
    long right = causal ? 0 : call.attributes().integer("right_window_size", -1);
    if (left < 0 && right < 0) {
      return Optional.empty();
    }
    Tensor near = call.tensor(0);
    Tensor key = positions(keys, near);
    Tensor query = positions(queries, near).reshape(queries, 1).add(Scalars.of(past));
    if (past == 0 && valid.isPresent()) {
      query = query.add(valid.get().sub(Scalars.of(queries)));
    }
    Tensor distance = key.sub(query);
    Tensor before = distance.ge(Scalars.of(left < 0 ? -(keys + queries) : -left));
    if (right < 0) {
      return Optional.of(before);
    }
    Tensor after = distance.le(Scalars.of(right));
    return Optional.of(left < 0 ? after : before.logical_and(after));
  }

  static Tensor positions(long count, Tensor near) {
    return torch.arange(
        Scalars.of(count), new TensorOptions(ScalarType.Long).device(near.options().device_opt()));
  }

  /** Zero where a mask holds and −∞ where it doesn't; others are added as they are. */
  static Tensor additive(Tensor mask, ScalarType type) {
    if (mask.scalar_type().intern() != ScalarType.Bool) {
      return mask;
    }
    Tensor zero = torch.zeros_like(mask.to(type));
    return zero.masked_fill(mask.logical_not(), Scalars.of(Double.NEGATIVE_INFINITY));
  }

  /** A mask may be shorter than the keys: what it doesn't reach is hidden. */
  private static Tensor widened(Tensor mask, long length) {
    long missing = length - mask.size(-1);
    return missing <= 0
        ? mask
        : torch.constant_pad_nd(
            mask, new long[] {0, missing}, Scalars.of(Double.NEGATIVE_INFINITY));
  }

  private static Tensor rotaryEmbedding(Call call) {
    Tensor x = call.tensor(0);
    Tensor cosine =
        call.optional(3).map(p -> rows(call.tensor(1), p)).orElseGet(() -> call.tensor(1));
    Tensor sine =
        call.optional(3).map(p -> rows(call.tensor(2), p)).orElseGet(() -> call.tensor(2));
    boolean packed = x.dim() == 3;
    Tensor rotated =
        Rotation.rotate(
            heads(x, call.attributes().integer("num_heads", 0)),
            cosine.unsqueeze(1),
            sine.unsqueeze(1),
            call.attributes().integer("rotary_embedding_dim", 0),
            call.attributes().flag("interleaved", false));
    return merged(rotated, packed);
  }

  static Tensor rows(Tensor cache, Tensor positions) {
    return torch.embedding(cache, positions.to(ScalarType.Long));
  }
}
