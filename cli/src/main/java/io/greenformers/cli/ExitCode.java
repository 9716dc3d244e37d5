package io.greenformers.cli;

/** What a script may rely on. */
final class ExitCode {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;
  static final int GATE_NOT_MET = 3;
  static final int MODEL_REFUSED = 4;
  static final int CANCELLED = 6;

  private ExitCode() {}
}
