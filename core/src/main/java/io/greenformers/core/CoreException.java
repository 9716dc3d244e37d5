package io.greenformers.core;

/** Root of the errors of this module. */
public abstract class CoreException extends RuntimeException {
  protected CoreException(String message) {
    super(message);
  }

  protected CoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
