package io.greenformers.protocol;

/** Root of the errors of this module. */
public abstract class ProtocolException extends RuntimeException {
  protected ProtocolException(String message) {
    super(message);
  }

  protected ProtocolException(String message, Throwable cause) {
    super(message, cause);
  }
}
