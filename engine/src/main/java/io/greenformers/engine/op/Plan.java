package io.greenformers.engine.op;

import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * A graph that is ready to run.
 *
 * @param inputs names of its inputs, in order
 * @param outputs names of the values to return, in order
 * @param constants its initializers and {@code Constant}s, by name
 */
record Plan(
    List<String> inputs, List<String> outputs, Map<String, Tensor> constants, List<Step> steps) {
  Plan {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    steps = List.copyOf(steps);
  }
}
