package io.greenformers.engine.recovery;

import io.greenformers.engine.torch.Scope;
import io.greenformers.engine.torch.Torch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2): m ← β₁m + (1−β₁)g, v
 * ← β₂v + (1−β₂)g², w ← w − λ·η·w − η·m̂/(√v̂ + ε).
 *
 * <p>On a CPU a large weight is gone through in pieces that stay in the cache over the seven
 * operations. Owns the moments, not the weights. Not thread-safe.
 */
public final class AdamW implements AutoCloseable {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;
  private static final double LARGEST_NORM = 1;

  /** Of fp32: four arrays of them fit into a megabyte. */
  private static final long PIECE = 1 << 16;

  private final List<Weight> weights = new ArrayList<>();
  private final double decay;
  private long steps;

  private record Weight(String name, Tensor value, Tensor mean, Tensor square) {}

  /**
   * Begins at step 0.
   *
   * @param parameters leaf tensors by name; updated in place
   * @param decay λ, of weights with two or more axes
   */
  public AdamW(Map<String, Tensor> parameters, double decay) {
    this.decay = decay;
    try (Torch.Guard off = Torch.withoutGradients();
        Scope scope = new Scope()) {
      parameters.forEach((name, value) ->
          weights.add(
              new Weight(
                  name,
                  value,
                  scope.keep(torch.zeros_like(value)),
                  scope.keep(torch.zeros_like(value)))));
    }
  }

  /**
   * Scales gradients so that their norm over all weights is at most 1.
   *
   * @return the norm before that
   */
  double clip() {
    try (Scope scope = new Scope()) {
      TensorVector all = new TensorVector();
      for (Weight weight : weights) {
        if (weight.value().grad().defined()) {
          all.push_back(weight.value());
        }
      }
      return torch.clip_grad_norm_(all, LARGEST_NORM);
    }
  }

  /** Updates the weights by their gradients, and drops these. */
  public void step(double rate) {
    steps++;
    try (Torch.Guard off = Torch.withoutGradients()) {
      for (Weight weight : weights) {
        try (Scope scope = new Scope()) {
          Tensor gradient = weight.value().grad();
          if (gradient.defined()) {
            update(weight, gradient, rate);
          }
        }
      }
    }
    dropGradients();
  }

  private void update(Weight weight, Tensor gradient, double rate) {
    double shrink = weight.value().dim() > 1 ? 1 - decay * rate : 1;
    Tensor[] flat = {
      weight.value().view(-1),
      gradient.reshape(-1),
      weight.mean().view(-1),
      weight.square().view(-1)
    };
    long elements = flat[0].numel();
    long piece = weight.value().is_cpu() ? PIECE : elements;
    for (long at = 0; at < elements; at += piece) {
      long length = Math.min(piece, elements - at);
      try (Scope scope = new Scope()) {
        update(
            flat[0].narrow(0, at, length),
            flat[1].narrow(0, at, length),
            flat[2].narrow(0, at, length),
            flat[3].narrow(0, at, length),
            rate,
            shrink);
      }
    }
  }

  private void update(
      Tensor value, Tensor gradient, Tensor mean, Tensor square, double rate, double shrink) {
    mean.lerp_(gradient, new Scalar(1 - BETA1));
    square.mul_(new Scalar(BETA2)).addcmul_(gradient, gradient, new Scalar(1 - BETA2));
    double unbiased = Math.sqrt(1 - Math.pow(BETA2, (double) steps));
    Tensor root = square.sqrt().div_(new Scalar(unbiased)).add_(new Scalar(EPSILON));
    if (shrink != 1) {
      value.mul_(new Scalar(shrink));
    }
    value.addcdiv_(mean, root, new Scalar(-rate / (1 - Math.pow(BETA1, (double) steps))));
  }

  /** So that the next backward does not add to them. */
  void dropGradients() {
    try (Scope scope = new Scope()) {
      Tensor none = new Tensor();
      weights.forEach(weight -> weight.value().mutable_grad().put(none));
    }
  }

  long steps() {
    return steps;
  }

  /** Weights and moments by name: what it takes to go on. */
  Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (Weight weight : weights) {
      state.put("weight/" + weight.name(), weight.value());
      state.put("mean/" + weight.name(), weight.mean());
      state.put("square/" + weight.name(), weight.square());
    }
    return state;
  }

  /** Goes on after so many steps; the tensors of {@link #state} were restored. */
  void resumeAt(long step) {
    this.steps = step;
  }

  @Override
  public void close() {
    weights.forEach(weight -> {
      weight.mean().close();
      weight.square().close();
    });
    weights.clear();
  }
}
