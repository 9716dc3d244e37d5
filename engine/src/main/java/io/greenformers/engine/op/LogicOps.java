package io.greenformers.engine.op;

import java.util.function.BinaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Comparisons, logic and choice, on tensors that broadcast. */
final class LogicOps {
  private LogicOps() {}

  static void register(Registry.Domain domain) {
    binary(domain, "Equal", 7, Tensor::eq);
    binary(domain, "Greater", 7, Tensor::gt);
    binary(domain, "GreaterOrEqual", 12, Tensor::ge);
    binary(domain, "Less", 7, Tensor::lt);
    binary(domain, "LessOrEqual", 12, Tensor::le);
    binary(domain, "And", 7, Tensor::logical_and);
    binary(domain, "Or", 7, Tensor::logical_or);
    binary(domain, "Xor", 7, Tensor::logical_xor);
    binary(domain, "BitwiseAnd", 18, Tensor::bitwise_and);
    binary(domain, "BitwiseOr", 18, Tensor::bitwise_or);
    binary(domain, "BitwiseXor", 18, Tensor::bitwise_xor);
    domain.one("Where", 9, c -> torch.where(c.tensor(0), c.tensor(1), c.tensor(2)));
  }

  private static void binary(
      Registry.Domain domain, String operator, long since, BinaryOperator<Tensor> function) {
    domain.one(operator, since, c -> function.apply(c.tensor(0), c.tensor(1)));
  }
}
