package io.greenformers.engine.op;

import io.greenformers.engine.EngineException;

/** A node failed while it ran: libtorch, or a converter, did not accept its inputs. */
public final class NodeFailedException extends EngineException {
  private static final long serialVersionUID = 1;
  private final String node;

  NodeFailedException(String node, String inputs, RuntimeException cause) {
    super("node %s failed on %s: %s".formatted(node, inputs, firstLine(cause)), cause);
    this.node = node;
  }

  /** The node, described by name and operator. */
  public String node() {
    return node;
  }

  /** libtorch's messages go on with a stack of C++ symbols. */
  private static String firstLine(RuntimeException cause) {
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
  }
}
