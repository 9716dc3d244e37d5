package io.greenformers.engine.op;

import org.bytedeco.pytorch.Tensor;

/** Other element types. Gradients pass from one floating type to another. */
final class CastOps {
  private CastOps() {}

  static void register(Registry.Domain domain) {
    domain.one("Cast", 6, c -> c.tensor(0).to(c.scalarType(c.attributes().integer("to", 0))));
    domain.one("CastLike", 15, CastOps::castLike);
  }

  private static Tensor castLike(Call call) {
    return call.tensor(0).to(call.tensor(1).scalar_type());
  }
}
