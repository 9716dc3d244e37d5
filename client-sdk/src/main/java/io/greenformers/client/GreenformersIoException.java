package io.greenformers.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Objects;

/**
 * The service could not be reached, the connection broke, an answer did not come in time, a local
 * file failed, or the thread was interrupted; {@link #getCause} says which: among others a {@link
 * java.net.ConnectException}, a {@link java.net.http.HttpTimeoutException} or an {@link
 * InterruptedIOException}.
 */
public final class GreenformersIoException extends GreenformersException {
  GreenformersIoException(String message, IOException cause) {
    super(message, cause);
  }

  /** For a thread that was interrupted, and stays so. */
  static GreenformersIoException interrupted() {
    Thread.currentThread().interrupt();
    String message = "interrupted while waiting for the service";
    return new GreenformersIoException(message, new InterruptedIOException(message));
  }

  /** Whether it was the thread that was interrupted, or the call that was cancelled. */
  public boolean isInterruption() {
    return getCause() instanceof InterruptedIOException;
  }

  /** What failed. */
  @Override
  public synchronized IOException getCause() {
    return (IOException) Objects.requireNonNull(super.getCause());
  }
}
