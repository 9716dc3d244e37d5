package io.greenformers.engine.op;

import org.bytedeco.pytorch.Tensor;

/** Tensors with some elements replaced, or combined with others. */
final class ScatterOps {
  private ScatterOps() {}

  static void register(Registry.Domain domain) {
    domain.one("ScatterElements", 11, ScatterOps::scatterElements);
    domain.one("ScatterND", 11, ScatterOps::scatterNd);
  }

  private static Tensor scatterElements(Call call) {
    Tensor x = call.tensor(0);
    int axis = Shapes.axis(call.attributes().integer("axis", 0), (int) x.dim());
    Tensor indices = GatherOps.counted(call.tensor(1), x.size(axis));
    return scatter(call, x, axis, indices, call.tensor(2));
  }

  private static Tensor scatterNd(Call call) {
    Tensor x = call.tensor(0);
    IndexedRows rows = IndexedRows.of(x, call.tensor(1), 0);
    Tensor matrix = rows.matrix();
    Tensor updates = call.tensor(2).reshape(-1, matrix.size(1));
    Tensor indices = rows.indices().unsqueeze(1).expand(updates.shape());
    return scatter(call, matrix, 0, indices, updates).reshape(x.shape());
  }

  private static Tensor scatter(Call call, Tensor x, long axis, Tensor indices, Tensor updates) {
    String reduction = call.attributes().text("reduction", "none");
    return switch (reduction) {
      case "none" -> x.scatter(axis, indices, updates);
      case "add" -> x.scatter_reduce(axis, indices, updates, "sum", true);
      case "mul" -> x.scatter_reduce(axis, indices, updates, "prod", true);
      case "max" -> x.scatter_reduce(axis, indices, updates, "amax", true);
      case "min" -> x.scatter_reduce(axis, indices, updates, "amin", true);
      default -> throw new IllegalArgumentException("reduction " + reduction);
    };
  }
}
