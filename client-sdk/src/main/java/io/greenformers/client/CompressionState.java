package io.greenformers.client;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;

/** Where a compression is. */
public enum CompressionState {
  QUEUED(false),
  RUNNING(false),
  /** Done, and every bound of the budget holds. */
  SUCCEEDED(true),
  /** Done, but a bound of the budget does not hold; model and report are there all the same. */
  GATE_FAILED(true),
  /** The model cannot be accepted; {@link Compression#code} says why. */
  REFUSED(true),
  /** The service could not do it; {@link Compression#code} says why. */
  FAILED(true),
  CANCELLED(true),
  /** A state that this client is too old to know. */
  @JsonEnumDefaultValue
  UNKNOWN(false);

  private final boolean isFinal;

  CompressionState(boolean isFinal) {
    this.isFinal = isFinal;
  }

  /** Whether it will never change again. */
  public boolean isFinal() {
    return isFinal;
  }

  /** Whether there is a model to download. */
  public boolean hasModel() {
    return this == SUCCEEDED || this == GATE_FAILED;
  }
}
