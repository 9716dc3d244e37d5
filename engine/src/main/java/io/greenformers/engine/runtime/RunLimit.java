package io.greenformers.engine.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.time.Duration;

/** Terminates a run that takes too long; ONNX Runtime then fails it between two nodes. */
final class RunLimit implements AutoCloseable {
  private final OrtSession.RunOptions options;
  private final Thread watchdog;
  private boolean over;

  RunLimit(OrtSession.RunOptions options, Duration limit) {
    this.options = options;
    this.watchdog = Thread.ofVirtual().start(() -> watch(limit));
  }

  private void watch(Duration limit) {
    try {
      Thread.sleep(limit);
      terminate();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Never touches the options after they may have been closed. */
  private synchronized void terminate() {
    if (over) {
      return;
    }
    try {
      options.setTerminate(true);
    } catch (OrtException e) {
      System.err.println("a run that takes too long cannot be terminated: " + e.getMessage());
    }
  }

  @Override
  public synchronized void close() {
    over = true;
    watchdog.interrupt();
  }
}
