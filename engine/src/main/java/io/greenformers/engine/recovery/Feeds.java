package io.greenformers.engine.recovery;

import io.greenformers.engine.data.ModelBatch;
import io.greenformers.engine.op.GraphExecutor;
import io.greenformers.engine.torch.Scope;
import io.greenformers.engine.torch.TorchTensors;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** A batch as libtorch's tensors, for both models. */
record Feeds(Map<String, Tensor> tensors) implements AutoCloseable {

  static Feeds of(ModelBatch batch) {
    Map<String, Tensor> tensors = new HashMap<>();
    try (Scope scope = new Scope()) {
      batch
          .inputs()
          .forEach((name, tensor) -> tensors.put(name, scope.keep(TorchTensors.of(tensor))));
    }
    return new Feeds(tensors);
  }

  /** What a model takes of them. */
  Map<String, Tensor> of(GraphExecutor executor) {
    Map<String, Tensor> some = new HashMap<>(tensors);
    some.keySet().retainAll(executor.inputs());
    return some;
  }

  @Override
  public void close() {
    tensors.values().forEach(Tensor::close);
  }
}
