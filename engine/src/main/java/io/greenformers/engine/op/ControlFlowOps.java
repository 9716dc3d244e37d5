package io.greenformers.engine.op;

import io.greenformers.engine.torch.TorchTensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Branches and loops. What they capture is differentiated like anything else. */
final class ControlFlowOps {
  private ControlFlowOps() {}

  static void register(Registry.Domain domain) {
    domain.many("If", 1, ControlFlowOps::branch);
    domain.many("Loop", 1, ControlFlowOps::loop);
    domain.many("Scan", 9, ControlFlowOps::scan);
  }

  private static List<Tensor> branch(Call call) {
    return call.body(call.real(0) != 0 ? "then_branch" : "else_branch").run(List.of());
  }

  /**
   * Inputs: trip count, condition, carried…; body: (i, condition, carried…) → (condition, carried…,
   * scanned…).
   */
  private static List<Tensor> loop(Call call) {
    Body body = call.body("body");
    long trips = call.has(0) ? call.longs(0)[0] : Long.MAX_VALUE;
    Tensor condition = call.has(1) ? call.tensor(1) : TorchTensors.of(new long[] {1});
    List<Tensor> carried = new ArrayList<>();
    for (int i = 2; i < call.inputs(); i++) {
      carried.add(call.tensor(i));
    }
    List<List<Tensor>> scanned = new ArrayList<>();
    for (int i = 0; i < call.outputs() - carried.size(); i++) {
      scanned.add(new ArrayList<>());
    }
    for (long i = 0; i < trips && TorchTensors.longs(condition)[0] != 0; i++) {
      List<Tensor> inputs =
          new ArrayList<>(
              List.of(TorchTensors.of(new long[] {i}), condition.to(torch.ScalarType.Bool)));
      inputs.addAll(carried);
      List<Tensor> outputs = body.run(inputs);
      condition = outputs.getFirst();
      int first = 1 + carried.size();
      carried = new ArrayList<>(outputs.subList(1, first));
      for (int s = 0; s < scanned.size(); s++) {
        scanned.get(s).add(outputs.get(first + s));
      }
    }
    List<Tensor> results = new ArrayList<>(carried);
    scanned.forEach(all -> results.add(stack(all, 0)));
    return results;
  }

  /** Inputs: states…, scanned…; body: (states…, slices…) → (states…, slices…). */
  private static List<Tensor> scan(Call call) {
    Body body = call.body("body");
    int scannedInputs = (int) call.attributes().integer("num_scan_inputs", 1);
    int states = call.inputs() - scannedInputs;
    int scannedOutputs = call.outputs() - states;
    long[] inputAxes = call.attributes().longs("scan_input_axes", new long[scannedInputs]);
    long[] inputBackwards =
        call.attributes().longs("scan_input_directions", new long[scannedInputs]);
    long[] outputAxes = call.attributes().longs("scan_output_axes", new long[scannedOutputs]);
    long[] outputBackwards =
        call.attributes().longs("scan_output_directions", new long[scannedOutputs]);
    List<Tensor> state = new ArrayList<>();
    for (int i = 0; i < states; i++) {
      state.add(call.tensor(i));
    }
    List<List<Tensor>> scanned = new ArrayList<>();
    for (int i = 0; i < scannedOutputs; i++) {
      scanned.add(new ArrayList<>());
    }
    long length = call.tensor(states).size(inputAxes[0]);
    for (long i = 0; i < length; i++) {
      List<Tensor> inputs = new ArrayList<>(state);
      for (int s = 0; s < scannedInputs; s++) {
        long at = inputBackwards[s] != 0 ? length - 1 - i : i;
        inputs.add(call.tensor(states + s).select(inputAxes[s], at));
      }
      List<Tensor> outputs = body.run(inputs);
      state = new ArrayList<>(outputs.subList(0, states));
      for (int s = 0; s < scannedOutputs; s++) {
        List<Tensor> slices = scanned.get(s);
        slices.add(outputBackwards[s] != 0 ? 0 : slices.size(), outputs.get(states + s));
      }
    }
    List<Tensor> results = new ArrayList<>(state);
    for (int s = 0; s < scannedOutputs; s++) {
      results.add(stack(scanned.get(s), outputAxes[s]));
    }
    return results;
  }

  private static Tensor stack(List<Tensor> slices, long axis) {
    return torch.stack(new TensorVector(slices.toArray(Tensor[]::new)), axis);
  }
}
