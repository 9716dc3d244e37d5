package io.greenformers.engine.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Activations with attributes, and softmax. */
final class ActivationOps {
  private static final double SELU_ALPHA = 1.6732631921768188;
  private static final double SELU_GAMMA = 1.0507010221481323;

  private ActivationOps() {}

  static void register(Registry.Domain domain) {
    domain.one("Celu", 12, c -> torch.celu(c.tensor(0), Scalars.of(real(c, "alpha", 1))));
    domain.one("Clip", 11, ActivationOps::clip);
    domain.one(
        "Elu",
        6,
        c -> torch.elu(c.tensor(0), Scalars.of(real(c, "alpha", 1)), Scalars.of(1), Scalars.of(1)));
    domain.one(
        "Gelu", 20, c -> torch.gelu(c.tensor(0), c.attributes().text("approximate", "none")));
    domain.one("HardSigmoid", 6, ActivationOps::hardSigmoid);
    domain.one(
        "LeakyRelu", 6, c -> torch.leaky_relu(c.tensor(0), Scalars.of(real(c, "alpha", 0.01))));
    domain.one("PRelu", 7, ActivationOps::prelu);
    domain.one("Selu", 6, ActivationOps::selu);
    domain.one(
        "Swish",
        24,
        c -> c.tensor(0).mul(c.tensor(0).mul(Scalars.of(real(c, "alpha", 1))).sigmoid()));
    domain.one("ThresholdedRelu", 10, ActivationOps::thresholded);
    domain.one("Softmax", 1, c -> flattened(c, x -> x.softmax(1)));
    domain.one("Softmax", 13, c -> c.tensor(0).softmax(c.attributes().integer("axis", -1)));
    domain.one("LogSoftmax", 1, c -> flattened(c, x -> x.log_softmax(1)));
    domain.one("LogSoftmax", 13, c -> c.tensor(0).log_softmax(c.attributes().integer("axis", -1)));
    domain.many("Dropout", 7, ActivationOps::dropout);
  }

  private static double real(Call call, String name, double absent) {
    return call.attributes().real(name, absent);
  }

  private static Tensor clip(Call call) {
    Tensor x = call.tensor(0);
    return call.has(1) || call.has(2)
        ? torch.clamp(x, call.tensorOptional(1), call.tensorOptional(2))
        : x;
  }

  private static Tensor hardSigmoid(Call call) {
    Tensor line =
        call.tensor(0)
            .mul(Scalars.of(real(call, "alpha", 0.2)))
            .add(Scalars.of(real(call, "beta", 0.5)));
    return line.clamp(Scalars.optional(0), Scalars.optional(1));
  }

  /** The slope broadcasts to x. */
  private static Tensor prelu(Call call) {
    Tensor x = call.tensor(0);
    return torch.where(x.lt(Scalars.of(0)), x.mul(call.tensor(1)), x);
  }

  private static Tensor selu(Call call) {
    return torch.elu(
        call.tensor(0),
        Scalars.of(real(call, "alpha", SELU_ALPHA)),
        Scalars.of(real(call, "gamma", SELU_GAMMA)),
        Scalars.of(1));
  }

  private static Tensor thresholded(Call call) {
    return torch.threshold(call.tensor(0), Scalars.of(real(call, "alpha", 1)), Scalars.of(0));
  }

  /** Before opset 13 all axes from {@code axis} on counted as one. */
  private static Tensor flattened(Call call, UnaryOperator<Tensor> function) {
    Tensor x = call.tensor(0);
    long[] shape = x.shape();
    int axis = Shapes.axis(call.attributes().integer("axis", 1), shape.length);
    long rows = Shapes.product(shape, 0, axis);
    return function
        .apply(x.reshape(rows, Shapes.product(shape, axis, shape.length)))
        .reshape(shape);
  }

  /** Random masks only where a node asks for them by {@code training_mode}. */
  private static List<Tensor> dropout(Call call) {
    Tensor x = call.tensor(0);
    double ratio = call.has(1) ? call.real(1) : real(call, "ratio", 0.5);
    boolean drops = call.has(2) && call.real(2) != 0 && ratio > 0;
    if (!drops) {
      return call.wants(1) ? List.of(x, torch.ones_like(x).to(torch.ScalarType.Bool)) : List.of(x);
    }
    Tensor mask = torch.rand_like(x).ge(Scalars.of(ratio));
    return List.of(x.mul(mask).div(Scalars.of(1 - ratio)), mask);
  }
}
