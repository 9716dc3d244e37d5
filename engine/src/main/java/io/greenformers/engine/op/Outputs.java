package io.greenformers.engine.op;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * The wanted values of a run, and with them whatever autograd needs for their gradients. Closing it
 * frees both; backward comes before that.
 */
public final class Outputs implements AutoCloseable {
  private final Map<String, Tensor> tensors;

  Outputs(Map<String, Tensor> tensors) {
    this.tensors = new LinkedHashMap<>(tensors);
  }

  /**
   * A wanted value, not to be closed by the caller.
   *
   * @throws IllegalArgumentException if it wasn't wanted
   */
  public Tensor get(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("'%s' is none of %s".formatted(name, tensors.keySet()));
    }
    return tensor;
  }

  /** All wanted values by name. */
  public Map<String, Tensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  @Override
  public void close() {
    tensors.values().forEach(Tensor::close);
    tensors.clear();
  }
}
