package io.greenformers.engine.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Inputs in ONNX Runtime's own form, for any number of runs of any number of sessions. Holds native
 * memory until closed.
 */
public final class Feed implements AutoCloseable {
  private final Map<String, OnnxTensor> tensors = new LinkedHashMap<>();

  private Feed() {}

  /**
   * Prepares inputs.
   *
   * @param inputs by name
   * @throws UnrunnableModelException if ONNX Runtime cannot hold them
   */
  public static Feed of(Map<String, Tensor> inputs) {
    Feed feed = new Feed();
    try {
      for (Map.Entry<String, Tensor> input : inputs.entrySet()) {
        feed.tensors.put(input.getKey(), tensor(input.getValue()));
      }
      return feed;
    } catch (OrtException e) {
      feed.close();
      throw OrtErrors.failed(e);
    }
  }

  Map<String, OnnxTensor> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  @Override
  public void close() {
    tensors.values().forEach(OnnxTensor::close);
    tensors.clear();
  }

  private static OnnxTensor tensor(Tensor tensor) throws OrtException {
    long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
    return OnnxTensor.createTensor(
        OnnxRuntime.environment(),
        tensor.bytes().duplicate().order(ByteOrder.nativeOrder()),
        shape,
        tensor.type().java());
  }
}
