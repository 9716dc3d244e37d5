package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.OnnxModel;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@link StoragePass} made.
 *
 * @param decisions by the tensor's name, for every fp32 initializer of the main graph
 */
public record StorageResult(OnnxModel model, Map<String, StorageDecision> decisions) {
  public StorageResult {
    decisions = Collections.unmodifiableMap(new LinkedHashMap<>(decisions));
  }

  /** Whether any tensor is stored smaller. */
  public boolean changed() {
    return decisions.values().stream().anyMatch(d -> d instanceof StorageDecision.Stored);
  }
}
