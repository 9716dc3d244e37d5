package io.greenformers.engine.op;

import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Integers with a scale. What was rounded has no gradient. */
final class QuantizeOps {
  private static final int BYTE_MAX = 255;

  private QuantizeOps() {}

  static void register(Registry.Domain domain) {
    domain.one("DequantizeLinear", 10, QuantizeOps::dequantize);
    domain.one("QuantizeLinear", 10, QuantizeOps::quantize);
    domain.many("DynamicQuantizeLinear", 11, QuantizeOps::dynamicQuantize);
    domain.one("MatMulInteger", 10, QuantizeOps::matMulInteger);
  }

  private static Tensor dequantize(Call call) {
    Tensor x = call.tensor(0);
    Tensor scale = perChannel(call, call.tensor(1), x);
    Tensor whole = x.to(scale.scalar_type());
    return call.optional(2)
        .map(zero -> whole.sub(perChannel(call, zero, x).to(scale.scalar_type())))
        .orElse(whole)
        .mul(scale);
  }

  private static Tensor quantize(Call call) {
    Tensor x = call.tensor(0);
    Tensor whole = x.div(perChannel(call, call.tensor(1), x)).round();
    Optional<Tensor> zero = call.optional(2);
    ScalarType type = zero.map(Tensor::scalar_type).orElseGet(() -> outputType(call));
    Tensor moved =
        zero.map(z -> whole.add(perChannel(call, z, x).to(whole.scalar_type()))).orElse(whole);
    return moved.clamp(Scalars.optional(smallest(type)), Scalars.optional(largest(type))).to(type);
  }

  private static ScalarType outputType(Call call) {
    long declared = call.attributes().integer("output_dtype", 0);
    return declared == 0 ? ScalarType.Byte : call.scalarType(declared);
  }

  private static double smallest(ScalarType type) {
    return switch (type.intern()) {
      case Byte, UInt16 -> 0;
      case Char -> Byte.MIN_VALUE;
      case Short -> Short.MIN_VALUE;
      default -> throw new IllegalArgumentException("quantized to " + type);
    };
  }

  private static double largest(ScalarType type) {
    return switch (type.intern()) {
      case Byte -> BYTE_MAX;
      case UInt16 -> Character.MAX_VALUE;
      case Char -> Byte.MAX_VALUE;
      case Short -> Short.MAX_VALUE;
      default -> throw new IllegalArgumentException("quantized to " + type);
    };
  }

  /** A scale or zero point of each channel, in the shape that it broadcasts in. */
  private static Tensor perChannel(Call call, Tensor parameter, Tensor x) {
    if (call.attributes().integer("block_size", 0) != 0) {
      throw new IllegalArgumentException("scales of blocks are not supported");
    }
    if (parameter.dim() == 0 || parameter.numel() == 1) {
      return parameter.reshape();
    }
    int axis = Shapes.axis(call.attributes().integer("axis", 1), (int) x.dim());
    long[] shape = Shapes.repeat(1, (int) x.dim());
    shape[axis] = parameter.numel();
    return parameter.reshape(shape);
  }

  /** To uint8, over the range of the input and zero. */
  private static List<Tensor> dynamicQuantize(Call call) {
    Tensor x = call.tensor(0);
    Tensor least = x.min().clamp_max(Scalars.of(0));
    Tensor most = x.max().clamp_min(Scalars.of(0));
    Tensor scale = most.sub(least).div(Scalars.of(BYTE_MAX));
    Tensor zero = bytes(least.neg().div(scale).round());
    Tensor quantized = bytes(x.div(scale).round().add(zero));
    return List.of(quantized.to(ScalarType.Byte), scale, zero.to(ScalarType.Byte));
  }

  private static Tensor bytes(Tensor whole) {
    return whole.clamp(Scalars.optional(0), Scalars.optional(BYTE_MAX));
  }

  /** In fp64, which holds every sum of such products exactly, and which has a fast product. */
  private static Tensor matMulInteger(Call call) {
    Tensor a =
        centred(
            call.tensor(0),
            call.optional(2).map(z -> z.dim() == 1 && z.numel() > 1 ? z.unsqueeze(1) : z));
    Tensor b = centred(call.tensor(1), call.optional(3));
    return torch.matmul(a, b).to(ScalarType.Int);
  }

  private static Tensor centred(Tensor x, Optional<Tensor> zero) {
    Tensor reals = x.to(ScalarType.Double);
    return zero.map(z -> reals.sub(z.to(ScalarType.Double))).orElse(reals);
  }
}
