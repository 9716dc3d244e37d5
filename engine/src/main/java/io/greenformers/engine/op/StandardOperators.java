package io.greenformers.engine.op;

import io.greenformers.core.onnx.Domains;
import java.util.List;
import java.util.function.Consumer;

/** All operators that there are. */
final class StandardOperators {
  /** Filled once; a duplicate fails when this class is loaded. */
  static final Registry REGISTRY = registry();

  private StandardOperators() {}

  private static Registry registry() {
    Registry registry = new Registry();
    List<Consumer<Registry.Domain>> families =
        List.of(
            UnaryOps::register,
            ActivationOps::register,
            ArithmeticOps::register,
            LogicOps::register,
            ReduceOps::register,
            ShapeOps::register,
            SliceOps::register,
            CastOps::register,
            GeneratorOps::register,
            GatherOps::register,
            ScatterOps::register,
            SelectOps::register,
            MatrixOps::register,
            ConvOps::register,
            PoolOps::register,
            NormOps::register,
            ControlFlowOps::register,
            AttentionOps::register,
            QuantizeOps::register);
    families.forEach(family -> family.accept(registry.domain("")));
    Registry.Domain microsoft = registry.domain(Domains.MICROSOFT);
    MicrosoftOps.register(microsoft);
    MicrosoftAttentionOps.register(microsoft);
    FusedOps.register(registry.domain(Fusion.DOMAIN));
    return registry;
  }
}
