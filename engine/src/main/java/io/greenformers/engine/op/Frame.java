package io.greenformers.engine.op;

import io.greenformers.core.onnx.Nodes;
import io.greenformers.engine.torch.Scope;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** The values of one run of one graph. Owns what its nodes computed. */
final class Frame implements AutoCloseable {
  private final Optional<Frame> outer;
  private final Map<String, Tensor> borrowed;
  private final Map<String, Tensor> owned = new HashMap<>();

  /**
   * An empty frame.
   *
   * @param outer the frame of the graph around this one, whose values nodes may capture
   * @param borrowed constants and feeds, which are not closed
   */
  Frame(Optional<Frame> outer, Map<String, Tensor> borrowed) {
    this.outer = outer;
    this.borrowed = borrowed;
  }

  Tensor get(String name) {
    Tensor tensor = owned.get(name);
    if (tensor == null) {
      tensor = borrowed.get(name);
    }
    if (tensor != null) {
      return tensor;
    }
    return outer
        .orElseThrow(
            () -> new IllegalArgumentException("no value '%s'; is it fed?".formatted(name)))
        .get(name);
  }

  /** Runs a node, takes its outputs and drops what it was the last to read. */
  void run(Step step, RunContext context) {
    Call call = new Call(step, this, context);
    try (Scope scope = new Scope()) {
      var outputs = step.converter().convert(call);
      for (int i = 0; i < Math.min(outputs.size(), call.outputs()); i++) {
        if (call.wants(i)) {
          // a handle of its own: an input may be passed on, and is closed on its own
          owned.put(step.node().getOutput(i), scope.keep(new Tensor(outputs.get(i))));
        }
      }
    } catch (NodeFailedException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new NodeFailedException(Nodes.describe(step.node()), call.describeInputs(), e);
    }
    step.releases().forEach(this::release);
  }

  /** A handle of the caller's own for a value. */
  Tensor handle(String name) {
    return new Tensor(get(name)).retainReference();
  }

  private void release(String name) {
    Tensor tensor = owned.remove(name);
    if (tensor != null) {
      tensor.close();
    }
  }

  @Override
  public void close() {
    owned.values().forEach(Tensor::close);
    owned.clear();
  }
}
