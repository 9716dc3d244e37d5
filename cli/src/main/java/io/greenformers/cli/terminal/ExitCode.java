package io.greenformers.cli.terminal;

import java.util.Optional;

/** What a script may rely on. */
public final class ExitCode {
  public static final int DONE = 0;
  public static final int FAILED = 1;
  public static final int USAGE = 2;
  public static final int GATE_NOT_MET = 3;
  static final int MODEL_REFUSED = 4;
  static final int DATASET_REFUSED = 5;
  public static final int CANCELLED = 6;

  private ExitCode() {}

  /**
   * Tells what was refused.
   *
   * @param code of the refusal, for example {@code model-cycle} or {@code dataset-empty}
   */
  public static int refused(Optional<String> code) {
    return code.filter(c -> c.startsWith("dataset-") || c.startsWith("tokenizer-")).isPresent()
        ? DATASET_REFUSED
        : MODEL_REFUSED;
  }
}
