package io.greenformers.client;

import java.io.IOException;
import java.time.Duration;

/**
 * Is told of every request as it is sent: for logs, metrics and traces. Every {@link #started} is
 * followed by one {@link #answered} or one {@link #failed} of the same exchange, from the same
 * thread. Nothing that is told has an id, a name, or the key in it.
 *
 * <p>It is called while a request waits: it should be quick. What it throws ends the operation.
 * Thread-safe where the client is used by several threads.
 *
 * {@snippet file="io/greenformers/client/snippets/Observing.java" region="observe"}
 */
public interface RequestListener {
  /**
   * A request and its answer.
   *
   * @param method {@code GET}
   * @param route of the service, with {@code {id}} and {@code {name}} in the place of what they
   *     are: {@code /v1/compressions/{id}/artifacts/{name}}; {@code other} where it is none that
   *     this client knows
   */
  record Exchange(String method, String route) {}

  /** A request goes out. */
  default void started(Exchange exchange) {}

  /**
   * The head of an answer has come; its bytes are still to be read.
   *
   * @param status of HTTP, whatever it is
   * @param took since the request went out
   */
  default void answered(Exchange exchange, int status, Duration took) {}

  /**
   * No answer has come.
   *
   * @param cause of whatever kind: not reached, a time-out, an interruption
   * @param took since the request went out
   */
  default void failed(Exchange exchange, IOException cause, Duration took) {}

  /**
   * Something did not come, or broke off, and is asked for again after a pause.
   *
   * @param tries how many there were, from 1
   * @param pause before the next one
   */
  default void retried(Exchange exchange, int tries, Duration pause) {}
}
