package io.greenformers.core.onnx;

import io.greenformers.core.CoreException;

/** A model cannot be accepted: the message names the fault, where it is, and what to do. */
public final class InvalidModelException extends CoreException {
  private final Fault fault;

  public InvalidModelException(Fault fault, String message) {
    super(message);
    this.fault = fault;
  }

  InvalidModelException(Fault fault, String message, Throwable cause) {
    super(message, cause);
    this.fault = fault;
  }

  /** What is wrong, as a stable machine-readable code: {@code model-cycle}. */
  public String code() {
    return fault.code;
  }

  /** The kinds of faults a model can have. */
  public enum Fault {
    MALFORMED("model-malformed"),
    TOO_LARGE("model-too-large"),
    TOO_DEEP("model-too-deep"),
    NO_GRAPH("model-no-graph"),
    IR_VERSION("model-ir-version"),
    OPSET("model-opset"),
    UNKNOWN_DOMAIN("model-unknown-domain"),
    UNKNOWN_TYPE("model-unknown-type"),
    TENSOR_SHAPE("model-tensor-shape"),
    TENSOR_DATA("model-tensor-data"),
    EXTERNAL_DATA("model-external-data"),
    DUPLICATE_VALUE("model-duplicate-value"),
    DANGLING_VALUE("model-dangling-value"),
    CYCLE("model-cycle"),
    FUNCTION("model-function"),
    SHAPE_CONFLICT("model-shape-conflict");

    private final String code;

    Fault(String code) {
      this.code = code;
    }
  }
}
