package io.greenformers.service.compression;

import java.util.stream.Stream;

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

  /**
   * The state in a row.
   *
   * @return {@link #RUNNING} for one that a newer version beside this one wrote: whatever it is, it
   *     is that version's to go on with
   */
  static CompressionState of(String name) {
    return Stream.of(values()).filter(s -> s.name().equals(name)).findFirst().orElse(RUNNING);
  }

  /** Whether nothing will change any more. */
  public boolean isFinal() {
    return switch (this) {
      case QUEUED, RUNNING -> false;
      case SUCCEEDED, GATE_FAILED, REFUSED, FAILED, CANCELLED -> true;
    };
  }
}
