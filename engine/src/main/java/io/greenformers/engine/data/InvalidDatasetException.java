package io.greenformers.engine.data;

import io.greenformers.engine.EngineException;

/** A dataset or tokenizer cannot be used. */
public final class InvalidDatasetException extends EngineException {
  private final String code;

  InvalidDatasetException(String code, String message) {
    super(message);
    this.code = code;
  }

  InvalidDatasetException(String code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** Stable and machine-readable: {@code dataset-empty}, {@code tokenizer-unreadable}, … */
  public String code() {
    return code;
  }
}
