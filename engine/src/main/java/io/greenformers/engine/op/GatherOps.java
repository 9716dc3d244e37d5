package io.greenformers.engine.op;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Elements by index. Negative indices count from the end. */
final class GatherOps {
  private GatherOps() {}

  static void register(Registry.Domain domain) {
    domain.one("Gather", 1, GatherOps::gather);
    domain.one("GatherElements", 11, GatherOps::gatherElements);
    domain.one("GatherND", 11, GatherOps::gatherNd);
  }

  /** Indices as libtorch takes them: int64, from zero on. */
  static Tensor counted(Tensor indices, long size) {
    Tensor whole = indices.to(ScalarType.Long);
    return whole.lt(Scalars.of(0)).mul(Scalars.of(size)).add(whole);
  }

  private static Tensor gather(Call call) {
    Tensor x = call.tensor(0);
    long[] shape = x.shape();
    int axis = Shapes.axis(call.attributes().integer("axis", 0), shape.length);
    Tensor indices = counted(call.tensor(1), shape[axis]);
    if (axis == 0 && shape.length == 2 && x.is_floating_point()) {
      return torch.embedding(x, indices);
    }
    long[] result =
        Shapes.concat(
            Arrays.copyOfRange(shape, 0, axis),
            indices.shape(),
            Arrays.copyOfRange(shape, axis + 1, shape.length));
    return x.index_select(axis, indices.reshape(-1)).reshape(result);
  }

  private static Tensor gatherElements(Call call) {
    Tensor x = call.tensor(0);
    int axis = Shapes.axis(call.attributes().integer("axis", 0), (int) x.dim());
    return x.gather(axis, counted(call.tensor(1), x.size(axis)));
  }

  private static Tensor gatherNd(Call call) {
    int batch = (int) call.attributes().integer("batch_dims", 0);
    return IndexedRows.of(call.tensor(0), call.tensor(1), batch).selected();
  }
}
