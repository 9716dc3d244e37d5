package io.greenformers.engine.recovery;

import io.greenformers.engine.EngineException;

/** A model, or a machine, that a training was asked for cannot serve; nothing was trained. */
public final class UntrainableException extends EngineException {
  public UntrainableException(String message) {
    super(message);
  }

  /** Stable and machine-readable. */
  public String code() {
    return "recovery-unavailable";
  }
}
