package io.greenformers.service.operation;

import java.io.IOException;
import org.springframework.boot.logging.StackTracePrinter;
import org.springframework.boot.logging.StandardStackTracePrinter;

/**
 * Stack traces without the messages of exceptions: a database quotes the row that it refuses, a
 * parser the text that it cannot read, and none of that may come into the log. While the service
 * starts, nothing foreign is there yet, and the messages are what its operator needs.
 */
final class QuietTraces implements StackTracePrinter {
  private static final String STARTING = "main";

  private final StackTracePrinter quiet =
      StandardStackTracePrinter.rootFirst().withFormatter(e -> e.getClass().getName());
  private final StackTracePrinter full = StandardStackTracePrinter.rootFirst();

  @Override
  public void printStackTrace(Throwable throwable, Appendable out) throws IOException {
    boolean starting = Thread.currentThread().getName().equals(STARTING);
    (starting ? full : quiet).printStackTrace(throwable, out);
  }
}
