package io.greenformers.engine.runtime;

import io.greenformers.engine.EngineException;

/** ONNX Runtime does not accept a model, or cannot run it on an input that fits its signature. */
public final class UnrunnableModelException extends EngineException {
  UnrunnableModelException(String message) {
    super(message);
  }

  UnrunnableModelException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A stable machine-readable code. */
  public String code() {
    return "model-unrunnable";
  }
}
