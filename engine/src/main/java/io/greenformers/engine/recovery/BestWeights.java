package io.greenformers.engine.recovery;

import io.greenformers.engine.torch.Scope;
import io.greenformers.engine.torch.Torch;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** A copy of the weights as they were when the student was best. */
final class BestWeights implements AutoCloseable {
  private final Map<String, Tensor> parameters;
  private final Map<String, Tensor> copies = new LinkedHashMap<>();

  /** Begins with the weights as they are. */
  BestWeights(Map<String, Tensor> parameters) {
    this.parameters = parameters;
    try (Torch.Guard off = Torch.withoutGradients();
        Scope scope = new Scope()) {
      parameters.forEach((name, value) -> copies.put(name, scope.keep(value.detach().clone())));
    }
  }

  /** Takes the weights as they are now. */
  void take() {
    copy(parameters, copies);
  }

  /** Makes the weights what was taken. */
  void put() {
    copy(copies, parameters);
  }

  private static void copy(Map<String, Tensor> from, Map<String, Tensor> to) {
    try (Torch.Guard off = Torch.withoutGradients();
        Scope scope = new Scope()) {
      to.forEach((name, value) -> value.copy_(from.get(name)));
    }
  }

  /** By name: what it takes to go on. */
  Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    copies.forEach((name, value) -> state.put("best/" + name, value));
    return state;
  }

  @Override
  public void close() {
    copies.values().forEach(Tensor::close);
    copies.clear();
  }
}
