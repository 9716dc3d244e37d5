package io.greenformers.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The bytes of an answer, which must keep coming: the time-out of a request ends with the answer's
 * head. Closing the stream is what wakes up a reader that waits for ever. Not thread-safe.
 */
final class WatchedBody extends FilterInputStream {
  private final Duration silence;
  private volatile boolean isSilent;

  /**
   * Watches a stream.
   *
   * @param silence how long a read may wait
   */
  WatchedBody(InputStream body, Duration silence) {
    super(body);
    this.silence = silence;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    CompletableFuture<Void> hasCome = new CompletableFuture<>();
    CompletableFuture<Void> alarm =
        hasCome
            .orTimeout(silence.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((nothing, e) -> {
              if (e instanceof TimeoutException) {
                giveUp();
              }
            });
    try {
      return super.read(bytes, offset, length);
    } catch (IOException e) {
      throw isSilent ? new HttpTimeoutException("no byte came for " + silence) : e;
    } finally {
      hasCome.complete(null);
      alarm.cancel(false);
    }
  }

  private void giveUp() {
    isSilent = true;
    try {
      close();
    } catch (IOException e) {
      // the reader is told all the same
    }
  }
}
