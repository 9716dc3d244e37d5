package io.greenformers.client;

/**
 * Root of everything that this client throws.
 *
 * <p>Three kinds: {@link GreenformersIoException} (the service was not reached, or the disk
 * failed), {@link InvalidDataException} (an answer or a download is not what it should be) and
 * {@link ServiceException} (the service answered with a problem).
 */
public abstract class GreenformersException extends RuntimeException {
  GreenformersException(String message) {
    super(message);
  }

  GreenformersException(String message, Throwable cause) {
    super(message, cause);
  }
}
