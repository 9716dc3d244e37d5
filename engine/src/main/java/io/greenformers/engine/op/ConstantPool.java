package io.greenformers.engine.op;

import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.engine.torch.Scope;
import io.greenformers.engine.torch.TorchTensors;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.bytedeco.pytorch.Tensor;

/** The constants of a model's graphs. Each graph's are loaded once, and freed when it is closed. */
final class ConstantPool implements AutoCloseable {
  private final RunContext context;
  private final IdentityHashMap<GraphProto, Map<String, Tensor>> loaded = new IdentityHashMap<>();

  ConstantPool(RunContext context) {
    this.context = context;
  }

  Map<String, Tensor> of(GraphProto graph) {
    return loaded.computeIfAbsent(graph, this::load);
  }

  /** The value of a graph's constant of one element, where training does not change it. */
  OptionalDouble scalar(GraphProto graph, String name) {
    Tensor found = of(graph).get(name);
    return found == null || found.numel() != 1 || found.requires_grad()
        ? OptionalDouble.empty()
        : OptionalDouble.of(TorchTensors.doubles(found)[0]);
  }

  private Map<String, Tensor> load(GraphProto graph) {
    Map<String, Tensor> constants = new LinkedHashMap<>();
    try (Scope scope = new Scope()) {
      Constants.of(graph, context).forEach((name, t) -> constants.put(name, scope.keep(t)));
    }
    return constants;
  }

  @Override
  public void close() {
    loaded.values().forEach(constants -> constants.values().forEach(Tensor::close));
    loaded.clear();
  }
}
