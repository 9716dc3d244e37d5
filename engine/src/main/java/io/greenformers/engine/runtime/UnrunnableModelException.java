package io.greenformers.engine.runtime;

import io.greenformers.engine.EngineException;

/** ONNX Runtime does not accept a model, or cannot run it on an input that fits its signature. */
public final class UnrunnableModelException extends EngineException {
  private static final String UNRUNNABLE = "model-unrunnable";

  private final String code;

  /** For a reason that this process found itself. */
  public UnrunnableModelException(String message) {
    super(message);
    this.code = UNRUNNABLE;
  }

  /** For a reason that the runtime gave. */
  public UnrunnableModelException(String message, Throwable cause) {
    this(UNRUNNABLE, message, cause);
  }

  private UnrunnableModelException(String code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /**
   * The runtime has no such operator.
   *
   * @param domain of the operator; empty for ONNX's own
   * @param node its name; empty where it has none or is not known
   */
  static UnrunnableModelException unknownOperator(
      String operator, String domain, String node, Throwable cause) {
    return new UnrunnableModelException(
        "model-unknown-operator",
        "%s: expected an operator that ONNX Runtime has, found '%s' of the domain '%s'; export the"
                .formatted(
                    node.isEmpty() ? "a node" : "node '" + node + "'",
                    operator,
                    domain.isEmpty() ? "ai.onnx" : domain)
            + " model with standard operators, in an opset that has them",
        cause);
  }

  /** A stable machine-readable code: {@code model-unrunnable} or {@code model-unknown-operator}. */
  public String code() {
    return code;
  }
}
