package io.greenformers.engine.op;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** A graph inside a node: a branch, or the body of a loop. */
record Body(Plan plan, Frame outer, RunContext context) {

  /**
   * Runs the graph.
   *
   * @param inputs in the order of the graph's inputs
   * @return its outputs in order, owned by the scope of the node around it
   */
  List<Tensor> run(List<Tensor> inputs) {
    Map<String, Tensor> borrowed = new HashMap<>(plan.constants());
    for (int i = 0; i < inputs.size(); i++) {
      borrowed.put(plan.inputs().get(i), inputs.get(i));
    }
    try (Frame frame = new Frame(Optional.of(outer), borrowed)) {
      plan.steps().forEach(step -> frame.run(step, context));
      List<Tensor> outputs = new ArrayList<>();
      plan.outputs().forEach(name -> outputs.add(new Tensor(frame.get(name))));
      return outputs;
    }
  }
}
