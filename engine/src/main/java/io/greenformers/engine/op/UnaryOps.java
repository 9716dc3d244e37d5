package io.greenformers.engine.op;

import java.util.Map;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Elementwise operators of one input that libtorch has under one name each. */
final class UnaryOps {
  private static final Map<String, UnaryOperator<Tensor>> BY_NAME =
      Map.ofEntries(
          Map.entry("Abs", Tensor::abs),
          Map.entry("Acos", Tensor::acos),
          Map.entry("Acosh", Tensor::acosh),
          Map.entry("Asin", Tensor::asin),
          Map.entry("Asinh", Tensor::asinh),
          Map.entry("Atan", Tensor::atan),
          Map.entry("Atanh", Tensor::atanh),
          Map.entry("BitwiseNot", Tensor::bitwise_not),
          Map.entry("Ceil", Tensor::ceil),
          Map.entry("Cos", Tensor::cos),
          Map.entry("Cosh", Tensor::cosh),
          Map.entry("Det", Tensor::det),
          Map.entry("Erf", Tensor::erf),
          Map.entry("Exp", Tensor::exp),
          Map.entry("Floor", Tensor::floor),
          Map.entry("HardSwish", torch::hardswish),
          Map.entry("Identity", tensor -> tensor),
          Map.entry("IsNaN", Tensor::isnan),
          Map.entry("Log", Tensor::log),
          Map.entry("Mish", torch::mish),
          Map.entry("Neg", Tensor::neg),
          Map.entry("Not", Tensor::logical_not),
          Map.entry("Reciprocal", Tensor::reciprocal),
          Map.entry("Relu", Tensor::relu),
          // to even at half, as in ONNX
          Map.entry("Round", Tensor::round),
          Map.entry("Sigmoid", Tensor::sigmoid),
          Map.entry("Sign", Tensor::sign),
          Map.entry("Sin", Tensor::sin),
          Map.entry("Sinh", Tensor::sinh),
          Map.entry("Softplus", torch::softplus),
          Map.entry("Softsign", x -> x.div(x.abs().add(Scalars.of(1)))),
          Map.entry("Sqrt", Tensor::sqrt),
          Map.entry("Tan", Tensor::tan),
          Map.entry("Tanh", Tensor::tanh));

  private UnaryOps() {}

  static void register(Registry.Domain domain) {
    BY_NAME.forEach((name, f) -> domain.one(name, 1, call -> f.apply(call.tensor(0))));
    domain.one("IsInf", 10, UnaryOps::isInfinite);
  }

  private static Tensor isInfinite(Call call) {
    Tensor x = call.tensor(0);
    boolean positive = call.attributes().flag("detect_positive", true);
    boolean negative = call.attributes().flag("detect_negative", true);
    Tensor infinite = positive && negative ? x.isinf() : positive ? x.isposinf() : x.isneginf();
    return positive || negative ? infinite : infinite.logical_and(infinite.logical_not());
  }
}
