package io.greenformers.cli;

import java.util.Optional;

/** What a script may rely on. */
final class ExitCode {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int GATE_NOT_MET = 3;
  static final int MODEL_REFUSED = 4;
  static final int DATASET_REFUSED = 5;
  static final int CANCELLED = 6;

  private ExitCode() {}

  /**
   * Tells what was refused.
   *
   * @param code of the refusal, for example {@code model-cycle} or {@code dataset-empty}
   */
  static int refused(Optional<String> code) {
    return code.filter(c -> c.startsWith("dataset-") || c.startsWith("tokenizer-")).isPresent()
        ? DATASET_REFUSED
        : MODEL_REFUSED;
  }
}
