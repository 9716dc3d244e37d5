package io.greenformers.engine.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.greenformers.engine.EngineException;
import java.time.Duration;

/** Terminates a run that takes too long; ONNX Runtime then fails it between two nodes. */
final class RunLimit implements AutoCloseable {
  private static final int DEFAULT_SECONDS = 30;

  private final OrtSession.RunOptions options;
  private final Duration limit;
  private final Thread watchdog;
  private boolean over;
  private boolean exceeded;

  RunLimit(OrtSession.RunOptions options, Duration limit) {
    this.options = options;
    this.limit = limit;
    this.watchdog = Thread.ofVirtual().start(this::watch);
  }

  /** The limit of this process: {@code -Dgreenformers.engine.runLimitSeconds}, else 30 s. */
  static Duration configured() {
    return Duration.ofSeconds(
        Math.max(1, Integer.getInteger("greenformers.engine.runLimitSeconds", DEFAULT_SECONDS)));
  }

  /** Why a run failed: because it was terminated, or for a reason of its own. */
  synchronized EngineException explain(OrtException e) {
    return exceeded ? new RunLimitException(limit, e) : OrtErrors.failed(e);
  }

  private void watch() {
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
    exceeded = true;
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
