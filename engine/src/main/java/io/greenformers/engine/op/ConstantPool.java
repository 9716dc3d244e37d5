package io.greenformers.engine.op;

import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.engine.torch.Scope;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
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
