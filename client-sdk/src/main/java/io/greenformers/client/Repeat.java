package io.greenformers.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;

/** When a request may be sent again. */
enum Repeat {
  /** Whatever came of it: twice does what once does. */
  IDEMPOTENT,
  /** Only where the service cannot have done it: it was not reached, or said that it is busy. */
  NOT_DONE;

  private static final int TOO_MANY_REQUESTS = 429;

  boolean after(IOException failure) {
    return this == IDEMPOTENT
        || failure instanceof ConnectException
        || failure instanceof HttpConnectTimeoutException;
  }

  boolean after(ServiceException problem) {
    return problem.isRetryable() && (this == IDEMPOTENT || problem.status() == TOO_MANY_REQUESTS);
  }
}
