package io.greenformers.engine.op;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** ONNX Runtime's attentions. Masks add a large negative number, as they do there. */
final class MicrosoftAttentionOps {
  private static final double FILTER = -10_000;

  private MicrosoftAttentionOps() {}

  static void register(Registry.Domain domain) {
    domain.many("Attention", 1, MicrosoftAttentionOps::attention);
    domain.many("MultiHeadAttention", 1, MicrosoftAttentionOps::multiHeadAttention);
    domain.many("GroupQueryAttention", 1, MicrosoftAttentionOps::groupQueryAttention);
  }

  /** Inputs: x, stacked weights and biases of Q, K and V, mask, past, what is added to scores. */
  private static List<Tensor> attention(Call call) {
    Tensor stacked = call.tensor(0).matmul(call.tensor(1));
    Tensor all = call.optional(2).map(stacked::add).orElse(stacked);
    long third = all.size(2) / 3;
    long[] sizes = call.attributes().longs("qkv_hidden_sizes", new long[] {third, third, third});
    TensorVector parts = torch.split_with_sizes(all, sizes, 2);
    long heads = call.attributes().integer("num_heads", 1);
    Optional<Tensor> past = call.optional(4);
    Tensor key =
        AttentionOps.joined(past.map(p -> p.select(0, 0)), AttentionOps.heads(parts.get(1), heads));
    Tensor value =
        AttentionOps.joined(past.map(p -> p.select(0, 1)), AttentionOps.heads(parts.get(2), heads));
    Tensor query = AttentionOps.heads(parts.get(0), heads);
    Tensor output = attend(call, query, key, value, call.optional(3), call.optional(5));
    return call.wants(1)
        ? List.of(output, torch.stack(new TensorVector(key, value), 0))
        : List.of(output);
  }

  /** Inputs: Q, K, V, their stacked biases, mask, what is added to scores, past K and V. */
  private static List<Tensor> multiHeadAttention(Call call) {
    if (!call.has(1) || !call.has(2) || call.tensor(1).dim() == 5) {
      throw new IllegalArgumentException("packed queries, keys and values are not supported");
    }
    long heads = call.attributes().integer("num_heads", 1);
    long width = call.tensor(0).size(2);
    Tensor query = projected(call, 0, 0, heads);
    Tensor key = AttentionOps.joined(call.optional(6), projected(call, 1, width, heads));
    Tensor value = AttentionOps.joined(call.optional(7), projected(call, 2, 2 * width, heads));
    Tensor output = attend(call, query, key, value, call.optional(4), call.optional(5));
    return List.of(output, key, value);
  }

  /** Q, K or V with its part of the stacked biases; K and V may come split into heads, without. */
  private static Tensor projected(Call call, int input, long from, long heads) {
    Tensor x = call.tensor(input);
    if (x.dim() == 4 || !call.has(3)) {
      return AttentionOps.heads(x, heads);
    }
    return AttentionOps.heads(x.add(call.tensor(3).narrow(0, from, x.size(2))), heads);
  }

  private static Tensor attend(
      Call call,
      Tensor query,
      Tensor key,
      Tensor value,
      Optional<Tensor> mask,
      Optional<Tensor> added) {
    double filter = call.attributes().real("mask_filter_value", FILTER);
    Optional<Tensor> bias = mask.map(m -> masked(m, key.size(2), filter, query.scalar_type()));
    bias = sum(bias, added);
    if (call.attributes().flag("unidirectional", false)) {
      Tensor causal = causal(query, key);
      bias = sum(bias, Optional.of(AttentionOps.additive(causal, query.scalar_type())));
    }
    return AttentionOps.merged(
        SoftmaxAttention.scaled(scale(call, query)).output(query, key, value, bias), true);
  }

  private static double scale(Call call, Tensor query) {
    double given = call.attributes().real("scale", 0);
    return given == 0 ? 1 / Math.sqrt((double) query.size(3)) : given;
  }

  private static Optional<Tensor> sum(Optional<Tensor> a, Optional<Tensor> b) {
    return a.isPresent() && b.isPresent() ? Optional.of(a.get().add(b.get())) : a.or(() -> b);
  }

  /** Which keys come before each query or with it; queries stand at the end. */
  private static Tensor causal(Tensor query, Tensor key) {
    long length = query.size(2);
    Tensor last =
        AttentionOps.positions(length, query)
            .add(Scalars.of(key.size(2) - length))
            .reshape(length, 1);
    return AttentionOps.positions(key.size(2), query).le(last);
  }

  /**
   * Masks are lengths [batch], or ones where keys may be seen: [batch, keys] or [batch, …, keys].
   */
  private static Tensor masked(Tensor mask, long keys, double filter, ScalarType type) {
    Tensor seen =
        mask.dim() == 1
            ? AttentionOps.positions(keys, mask).lt(mask.unsqueeze(1))
            : mask.ne(Scalars.of(0));
    Tensor hidden = seen.logical_not().to(type).mul(Scalars.of(filter));
    return switch ((int) hidden.dim()) {
      case 2 -> hidden.unsqueeze(1).unsqueeze(1);
      case 3 -> hidden.unsqueeze(1);
      default -> hidden;
    };
  }

  /** Causal. Inputs: Q, K, V, past K and V, last valid key of each row, keys, cosines, sines. */
  private static List<Tensor> groupQueryAttention(Call call) {
    if (!call.has(1)) {
      throw new IllegalArgumentException("packed queries, keys and values are not supported");
    }
    Attributes attributes = call.attributes();
    long groups = attributes.integer("kv_num_heads", 1);
    long past = call.has(3) ? call.tensor(3).size(2) : 0;
    Tensor query = AttentionOps.heads(call.tensor(0), attributes.integer("num_heads", 1));
    Tensor current = AttentionOps.heads(call.tensor(1), groups);
    if (attributes.flag("do_rotary", false)) {
      query = rotated(call, query, past);
      current = rotated(call, current, past);
    }
    Tensor key = AttentionOps.joined(call.optional(3), current);
    Tensor value =
        AttentionOps.joined(call.optional(4), AttentionOps.heads(call.tensor(2), groups));
    Tensor seen = causal(query, key);
    long window = attributes.integer("local_window_size", -1);
    if (window > 0) {
      seen = seen.logical_and(causal(query, key).triu(key.size(2) - query.size(2) - window + 1));
    }
    Tensor bias = AttentionOps.additive(seen, query.scalar_type());
    SoftmaxAttention attention =
        new SoftmaxAttention(scale(call, query), attributes.real("softcap", 0), Optional.empty());
    return List.of(
        AttentionOps.merged(attention.output(query, key, value, Optional.of(bias)), true),
        key,
        value);
  }

  private static Tensor rotated(Call call, Tensor x, long past) {
    return Rotation.rotate(
        x,
        call.tensor(7).narrow(0, past, x.size(2)),
        call.tensor(8).narrow(0, past, x.size(2)),
        2 * call.tensor(7).size(1),
        call.attributes().flag("rotary_interleaved", false));
  }
}
