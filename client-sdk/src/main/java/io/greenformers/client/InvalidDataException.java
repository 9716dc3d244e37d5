package io.greenformers.client;

/** An answer could not be understood, or a download's bytes are not those that were promised. */
public final class InvalidDataException extends GreenformersException {
  InvalidDataException(String message) {
    super(message);
  }

  InvalidDataException(String message, Throwable cause) {
    super(message, cause);
  }
}
