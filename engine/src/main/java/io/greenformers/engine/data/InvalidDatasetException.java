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

  static InvalidDatasetException notUtf8(long line, Throwable cause) {
    return new InvalidDatasetException(
        "dataset-not-utf8",
        "the dataset, about line %d: expected UTF-8 text, found other bytes; convert it"
            .formatted(line),
        cause);
  }

  /** A model takes, or gives, what texts with labels have nothing to do with. */
  public static InvalidDatasetException notForModel(String message) {
    return new InvalidDatasetException("dataset-not-for-model", message);
  }

  /** There are fewer texts than the request needs. */
  public static InvalidDatasetException tooSmall(String message) {
    return new InvalidDatasetException("dataset-too-small", message);
  }

  /** Stable and machine-readable: {@code dataset-empty}, {@code tokenizer-unreadable}, … */
  public String code() {
    return code;
  }
}
