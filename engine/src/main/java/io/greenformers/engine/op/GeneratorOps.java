package io.greenformers.engine.op;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Tensors that are made from shapes and numbers. */
final class GeneratorOps {
  private GeneratorOps() {}

  static void register(Registry.Domain domain) {
    domain.one("ConstantOfShape", 9, GeneratorOps::constantOfShape);
    domain.one("Range", 11, GeneratorOps::range);
    domain.one("EyeLike", 9, GeneratorOps::eyeLike);
    domain.one("OneHot", 9, GeneratorOps::oneHot);
    domain.one("Trilu", 14, GeneratorOps::trilu);
  }

  private static Tensor constantOfShape(Call call) {
    Tensor value =
        call.attributes()
            .tensor("value")
            .map(call::tensor)
            .orElseGet(
                () -> torch.zeros(new long[] {1}, options(call.type().of(ScalarType.Float))));
    return value.reshape().expand(call.longs(0));
  }

  /** Whole numbers, and reals in fp64, are counted on the host. */
  private static Tensor range(Call call) {
    ScalarType type = call.tensor(0).scalar_type();
    if (call.tensor(0).is_floating_point()) {
      Scalar[] reals = {
        Scalars.of(call.real(0)), Scalars.of(call.real(1)), Scalars.of(call.real(2))
      };
      return torch.arange(reals[0], reals[1], reals[2], options(ScalarType.Double)).to(type);
    }
    long start = call.longs(0)[0];
    long limit = call.longs(1)[0];
    long step = call.longs(2)[0];
    long count = Math.max(0, Math.ceilDiv(limit - start, step));
    long end = start + count * step;
    return torch.arange(Scalars.of(start), Scalars.of(end), Scalars.of(step), options(type));
  }

  private static Tensor eyeLike(Call call) {
    Tensor x = call.tensor(0);
    ScalarType type =
        call.attributes().has("dtype")
            ? call.scalarType(call.attributes().integer("dtype", 0))
            : x.scalar_type();
    Tensor ones = torch.ones(x.shape(), options(type).device(x.options().device_opt()));
    long diagonal = call.attributes().integer("k", 0);
    return ones.tril(diagonal).triu(diagonal);
  }

  /** Indices from −depth on; those outside of it give a row that is off. */
  private static Tensor oneHot(Call call) {
    Tensor indices = call.tensor(0).to(ScalarType.Long);
    long depth = (long) call.real(1);
    Tensor values = call.tensor(2);
    int rank = (int) indices.dim();
    int axis = Shapes.axis(call.attributes().integer("axis", -1), rank + 1);
    Tensor counted = indices.lt(Scalars.of(0)).mul(Scalars.of(depth)).add(indices);
    long[] shape = Shapes.repeat(1, rank + 1);
    shape[axis] = depth;
    Tensor classes =
        torch
            .arange(
                Scalars.of(depth), options(ScalarType.Long).device(values.options().device_opt()))
            .reshape(shape);
    Tensor hot = counted.unsqueeze(axis).eq(classes);
    return torch.where(hot, values.select(0, 1), values.select(0, 0));
  }

  private static Tensor trilu(Call call) {
    long diagonal = call.has(1) ? call.longs(1)[0] : 0;
    Tensor x = call.tensor(0);
    return call.attributes().flag("upper", true) ? x.triu(diagonal) : x.tril(diagonal);
  }

  private static TensorOptions options(ScalarType type) {
    return new TensorOptions(type);
  }
}
