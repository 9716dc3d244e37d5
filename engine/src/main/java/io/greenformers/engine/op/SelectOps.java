package io.greenformers.engine.op;

import io.greenformers.engine.torch.Optionals;
import java.util.List;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Sorting, searching and running sums. */
final class SelectOps {
  private SelectOps() {}

  static void register(Registry.Domain domain) {
    domain.many("TopK", 10, SelectOps::topK);
    domain.one("NonZero", 9, c -> c.tensor(0).nonzero().t());
    domain.one("CumSum", 11, SelectOps::cumSum);
  }

  /** Of equal elements the first come first, which libtorch's own top-k does not promise. */
  private static List<Tensor> topK(Call call) {
    Tensor x = call.tensor(0);
    long k = call.longs(1)[0];
    int axis = Shapes.axis(call.attributes().integer("axis", -1), (int) x.dim());
    boolean largest = call.attributes().flag("largest", true);
    T_TensorTensor_T sorted = x.sort(new BoolOptional(true), axis, largest);
    return List.of(sorted.get0().narrow(axis, 0, k), sorted.get1().narrow(axis, 0, k));
  }

  private static Tensor cumSum(Call call) {
    Tensor x = call.tensor(0);
    int axis = Shapes.axis((long) call.real(1), (int) x.dim());
    boolean reverse = call.attributes().flag("reverse", false);
    Tensor ordered = reverse ? x.flip(axis) : x;
    if (call.attributes().flag("exclusive", false)) {
      Tensor zero = torch.zeros_like(ordered.narrow(axis, 0, 1));
      Tensor before = ordered.narrow(axis, 0, x.size(axis) - 1);
      ordered = torch.cat(new TensorVector(zero, before), axis);
    }
    ScalarType type = x.scalar_type();
    Tensor sums = ordered.cumsum(axis, Optionals.type(type));
    return reverse ? sums.flip(axis) : sums;
  }
}
