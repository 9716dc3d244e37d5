package io.greenformers.client;

/**
 * Root of everything that this client throws.
 *
 * <p>Three kinds: {@link GreenformersIoException} (the service was not reached, or the disk
 * failed), {@link InvalidDataException} (an answer or a download is not what it should be) and
 * {@link ServiceException} (the service answered with a problem). Beside them {@link
 * AwaitTimeoutException} says that a compression is not done yet. None of them has the API key.
 *
 * {@snippet file="io/greenformers/client/snippets/Errors.java" region="errors"}
 */
public abstract class GreenformersException extends RuntimeException {
  GreenformersException(String message) {
    super(message);
  }

  GreenformersException(String message, Throwable cause) {
    super(message, cause);
  }
}
