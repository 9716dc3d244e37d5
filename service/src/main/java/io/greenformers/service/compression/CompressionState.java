package io.greenformers.service.compression;

/** Where a compression is. */
public enum CompressionState {
  QUEUED,
  RUNNING,
  /** Done, and every bound of the budget holds. */
  SUCCEEDED,
  /** Done, and a bound of the budget does not hold; the artifacts are there all the same. */
  GATE_FAILED,
  /** The model or another input cannot be accepted. */
  REFUSED,
  /** Could not be done for a reason that is not the input's fault. */
  FAILED,
  CANCELLED;

  /** Whether nothing will change any more. */
  public boolean isFinal() {
    return switch (this) {
      case QUEUED, RUNNING -> false;
      case SUCCEEDED, GATE_FAILED, REFUSED, FAILED, CANCELLED -> true;
    };
  }
}
