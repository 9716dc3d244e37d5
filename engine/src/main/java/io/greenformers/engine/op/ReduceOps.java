package io.greenformers.engine.op;

import io.greenformers.engine.torch.Optionals;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Reductions over axes. */
final class ReduceOps {
  /** Reduces some axes, all of which have elements. */
  @FunctionalInterface
  private interface Reduction {
    Tensor over(Tensor x, long[] axes, boolean keep);
  }

  private ReduceOps() {}

  static void register(Registry.Domain domain) {
    reduction(domain, "ReduceSum", 13, 0, ReduceOps::sum);
    reduction(domain, "ReduceMean", 18, Double.NaN, ReduceOps::mean);
    reduction(domain, "ReduceMax", 18, Double.NEGATIVE_INFINITY, ReduceOps::max);
    reduction(domain, "ReduceMin", 18, Double.POSITIVE_INFINITY, ReduceOps::min);
    reduction(domain, "ReduceProd", 18, 1, ReduceOps::product);
    reduction(domain, "ReduceL1", 18, 0, (x, axes, keep) -> sum(x.abs(), axes, keep));
    reduction(domain, "ReduceL2", 18, 0, ReduceOps::norm);
    reduction(
        domain,
        "ReduceLogSum",
        18,
        Double.NEGATIVE_INFINITY,
        (x, axes, keep) -> sum(x, axes, keep).log());
    reduction(domain, "ReduceLogSumExp", 18, Double.NEGATIVE_INFINITY, ReduceOps::logSumExp);
    reduction(domain, "ReduceSumSquare", 18, 0, (x, axes, keep) -> sum(x.mul(x), axes, keep));
    domain.one("ArgMax", 1, c -> extreme(c, true));
    domain.one("ArgMin", 1, c -> extreme(c, false));
  }

  /**
   * Adds a reduction, before and since its axes are an input.
   *
   * @param ofNothing the result where a reduced axis has no elements
   */
  private static void reduction(
      Registry.Domain domain, String operator, long since, double ofNothing, Reduction reduction) {
    OpConverter.Single converter = call -> reduce(call, ofNothing, reduction);
    domain.one(operator, 1, converter);
    domain.one(operator, since, converter);
  }

  private static Tensor reduce(Call call, double ofNothing, Reduction reduction) {
    Tensor x = call.tensor(0);
    int rank = (int) x.dim();
    long[] given = call.longs("axes", 1).orElse(new long[0]);
    if (given.length == 0 && call.attributes().flag("noop_with_empty_axes", false)) {
      return x;
    }
    long[] axes = given.length == 0 ? Shapes.all(rank) : Shapes.axes(given, rank);
    boolean keep = call.attributes().flag("keepdims", true);
    if (Arrays.stream(axes).anyMatch(a -> x.size(a) == 0)) {
      return nothing(x, axes, keep, ofNothing);
    }
    return axes.length == 0
        ? reduction.over(x.unsqueeze(0), new long[1], false)
        : reduction.over(x, axes, keep);
  }

  private static Tensor nothing(Tensor x, long[] axes, boolean keep, double value) {
    long[] shape = x.shape();
    Arrays.stream(axes).forEach(a -> shape[(int) a] = keep ? 1 : -1);
    long[] left = Arrays.stream(shape).filter(size -> size >= 0).toArray();
    Tensor reals = torch.full(left, Scalars.of(value), new TensorOptions(ScalarType.Double));
    return x.scalar_type().intern() == ScalarType.Bool
        ? reals.gt(Scalars.of(0))
        : reals.to(x.scalar_type());
  }

  private static Tensor sum(Tensor x, long[] axes, boolean keep) {
    return torch.sum(x, axes, keep, Optionals.type(x.scalar_type()));
  }

  private static Tensor mean(Tensor x, long[] axes, boolean keep) {
    if (x.is_floating_point()) {
      return torch.mean(x, axes, keep, Optionals.type());
    }
    return torch.mean(x, axes, keep, Optionals.type(ScalarType.Double)).to(x.scalar_type());
  }

  private static Tensor max(Tensor x, long[] axes, boolean keep) {
    return torch.amax(x, axes, keep);
  }

  private static Tensor min(Tensor x, long[] axes, boolean keep) {
    return torch.amin(x, axes, keep);
  }

  private static Tensor product(Tensor x, long[] axes, boolean keep) {
    long[] descending = Arrays.stream(axes).sorted().toArray();
    Tensor product = x;
    for (int i = descending.length - 1; i >= 0; i--) {
      product = torch.prod(product, descending[i], keep, Optionals.type(x.scalar_type()));
    }
    return product;
  }

  /** √Σx², whose gradient at zero is zero. */
  private static Tensor norm(Tensor x, long[] axes, boolean keep) {
    Tensor reals = x.is_floating_point() ? x : x.to(ScalarType.Double);
    return torch
        .linalg_vector_norm(reals, Scalars.of(2), axes, keep, Optionals.type())
        .to(x.scalar_type());
  }

  private static Tensor logSumExp(Tensor x, long[] axes, boolean keep) {
    return torch.logsumexp(x, axes, keep);
  }

  /** The first, or with {@code select_last_index} the last, place of an extreme. */
  private static Tensor extreme(Call call, boolean largest) {
    Tensor x = call.tensor(0);
    long axis = Shapes.axis(call.attributes().integer("axis", 0), (int) x.dim());
    boolean keep = call.attributes().flag("keepdims", true);
    boolean last = call.attributes().flag("select_last_index", false);
    Tensor searched = last ? x.flip(axis) : x;
    Tensor place =
        largest
            ? searched.argmax(Optionals.integer(axis), keep)
            : searched.argmin(Optionals.integer(axis), keep);
    return last ? place.neg().add(Scalars.of(x.size(axis) - 1)) : place;
  }
}
