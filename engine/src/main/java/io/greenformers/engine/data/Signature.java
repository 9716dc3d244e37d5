package io.greenformers.engine.data;

import io.greenformers.engine.runtime.InputSpec;
import java.util.List;
import java.util.Map;

/**
 * What a model takes.
 *
 * @param inputs as its session says
 * @param bounds of token ids, by input name: they must lie in [0, bound)
 */
public record Signature(List<InputSpec> inputs, Map<String, Long> bounds) {
  public Signature {
    inputs = List.copyOf(inputs);
    bounds = Map.copyOf(bounds);
  }
}
