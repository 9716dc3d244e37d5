package io.greenformers.client;

/** The service could not be reached, the connection broke, or a local file failed. */
public final class GreenformersIoException extends GreenformersException {
  GreenformersIoException(String message, Throwable cause) {
    super(message, cause);
  }

  GreenformersIoException(String message) {
    super(message);
  }
}
