package io.greenformers.engine.data;

import io.greenformers.engine.EngineException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;

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

  /** Bytes of a file are no UTF-8: finds the line where they are. */
  static InvalidDatasetException notUtf8(Path file, CharacterCodingException cause) {
    return new InvalidDatasetException(
        "dataset-not-utf8",
        "the dataset, line %d: expected UTF-8 text, found other bytes; convert it"
            .formatted(Utf8Fault.line(file)),
        cause);
  }

  /**
   * The same, with the field of the request that names the file.
   *
   * @param field for example {@code data.train}
   */
  InvalidDatasetException in(String field) {
    return new InvalidDatasetException(code, field + ": " + getMessage(), this);
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
