package io.greenformers.protocol.child;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * A child's log, of which a listener is told a bounded part: the first lines as they come, and,
 * when the log is closed, the last ones, which tell how it ended. Thread-safe.
 */
final class BoundedLog {
  static final int FIRST_LINES = 5_000;
  static final int LAST_LINES = 200;
  static final int LINE_CHARACTERS = 4096;

  private final Consumer<String> listener;
  private final Deque<String> last = new ArrayDeque<>();
  private long lines;
  private boolean closed;

  BoundedLog(Consumer<String> listener) {
    this.listener = listener;
  }

  synchronized void add(String line) {
    String shortened = line.substring(0, Math.min(line.length(), LINE_CHARACTERS));
    lines++;
    if (lines <= FIRST_LINES) {
      tell(shortened);
      return;
    }
    if (last.size() == LAST_LINES) {
      last.removeFirst();
    }
    last.addLast(shortened);
  }

  /** Tells the last lines; idempotent. Lines after it are told only where few came before. */
  synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    long omitted = lines - FIRST_LINES - last.size();
    if (omitted > 0) {
      tell("… %d lines are left out …".formatted(omitted));
    }
    List.copyOf(last).forEach(this::tell);
    last.clear();
  }

  /** A listener that fails must not stop the threads that read a child's pipes. */
  private void tell(String line) {
    try {
      listener.accept(line);
    } catch (RuntimeException e) {
      // nowhere is left to log this to
    }
  }
}
