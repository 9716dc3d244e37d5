package io.greenformers.engine.runtime;

import io.greenformers.engine.EngineException;
import java.time.Duration;

/** One run of a model took longer than a run may take, and was terminated. */
public final class RunLimitException extends EngineException {
  RunLimitException(Duration limit, Throwable cause) {
    super(
        "one run of the model took longer than %s seconds and was terminated; it may loop for ever"
            .formatted(seconds(limit)),
        cause);
  }

  private static String seconds(Duration limit) {
    return Double.toString(limit.toMillis() / 1000.0).replaceAll("\\.0$", "");
  }

  /** A stable machine-readable code. */
  public String code() {
    return "model-run-limit";
  }
}
