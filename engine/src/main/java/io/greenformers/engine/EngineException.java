package io.greenformers.engine;

/** Root of the errors of this module. */
public abstract class EngineException extends RuntimeException {
  protected EngineException(String message, Throwable cause) {
    super(message, cause);
  }

  protected EngineException(String message) {
    super(message);
  }
}
