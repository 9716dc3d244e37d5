package io.greenformers.engine.op;

import java.util.List;
import java.util.function.BinaryOperator;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.Tensor;

/** Arithmetic on tensors that broadcast. */
final class ArithmeticOps {
  private ArithmeticOps() {}

  static void register(Registry.Domain domain) {
    binary(domain, "Add", 7, Tensor::add);
    binary(domain, "Sub", 7, Tensor::sub);
    binary(domain, "Mul", 7, Tensor::mul);
    binary(domain, "Div", 7, ArithmeticOps::divide);
    // the result has the type of the base
    binary(domain, "Pow", 7, (base, exponent) -> base.pow(exponent).to(base.scalar_type()));
    domain.one("Mod", 10, ArithmeticOps::modulo);
    domain.one("Max", 8, c -> reduce(c, Tensor::maximum));
    domain.one("Min", 8, c -> reduce(c, Tensor::minimum));
    domain.one("Sum", 8, c -> reduce(c, Tensor::add));
    domain.one("Mean", 8, c -> reduce(c, Tensor::add).div(Scalars.of(c.tensors().size())));
  }

  private static void binary(
      Registry.Domain domain, String operator, long since, BinaryOperator<Tensor> function) {
    domain.one(operator, since, c -> function.apply(c.tensor(0), c.tensor(1)));
  }

  /** Integers are divided towards zero. */
  private static Tensor divide(Tensor a, Tensor b) {
    if (a.is_floating_point()) {
      return a.div(b);
    }
    // a view of the characters, which must live on; a Java string's copy would not
    return a.div(b, new StringViewOptional(new BytePointer("trunc")));
  }

  /** The sign of the result is the divisor's, or with {@code fmod} the dividend's. */
  private static Tensor modulo(Call call) {
    return call.attributes().flag("fmod", false)
        ? call.tensor(0).fmod(call.tensor(1))
        : call.tensor(0).remainder(call.tensor(1));
  }

  private static Tensor reduce(Call call, BinaryOperator<Tensor> function) {
    List<Tensor> tensors = call.tensors();
    return tensors.stream().reduce(function).orElseThrow();
  }
}
