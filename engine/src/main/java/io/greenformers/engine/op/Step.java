package io.greenformers.engine.op;

import io.greenformers.core.onnx.proto.NodeProto;
import java.util.List;
import java.util.Map;

/**
 * A node that is ready to run.
 *
 * @param bodies the plans of the graphs in its attributes, by attribute
 * @param releases the values that nobody reads after it
 */
record Step(
    NodeProto node,
    OpConverter converter,
    Attributes attributes,
    Map<String, Plan> bodies,
    List<String> releases) {
  Step {
    bodies = Map.copyOf(bodies);
    releases = List.copyOf(releases);
  }

  Plan body(String attribute) {
    Plan plan = bodies.get(attribute);
    if (plan == null) {
      throw new IllegalArgumentException("there is no graph '%s'".formatted(attribute));
    }
    return plan;
  }
}
