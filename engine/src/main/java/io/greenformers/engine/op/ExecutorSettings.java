package io.greenformers.engine.op;

import io.greenformers.engine.torch.ComputeDevice;
import io.greenformers.engine.torch.ComputeType;
import java.util.function.Predicate;

/**
 * How a graph is run.
 *
 * @param device where weights and activations are
 * @param type what takes the place of the model's floating types
 * @param trainable which floating constants of the main graph, by name, are parameters:
 *     initializers and outputs of {@code Constant} nodes
 * @param fused whether layer normalisation, GELU and attention that are written out in several
 *     nodes run as one
 */
public record ExecutorSettings(
    ComputeDevice device, ComputeType type, Predicate<String> trainable, boolean fused) {

  /** Runs a model as it is, without parameters. */
  public static ExecutorSettings inference(ComputeDevice device) {
    return new ExecutorSettings(device, ComputeType.FLOAT32, name -> false, true);
  }

  /** The same with other parameters. */
  public ExecutorSettings training(Predicate<String> parameters) {
    return new ExecutorSettings(device, type, parameters, fused);
  }

  /** The same with other floating types. */
  public ExecutorSettings as(ComputeType other) {
    return new ExecutorSettings(device, other, trainable, fused);
  }

  /** The same, node by node: the oracle of the fused patterns, and their baseline. */
  public ExecutorSettings plain() {
    return new ExecutorSettings(device, type, trainable, false);
  }
}
