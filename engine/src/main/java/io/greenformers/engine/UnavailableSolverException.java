package io.greenformers.engine;

/** A solver was asked for that cannot serve this request. */
final class UnavailableSolverException extends EngineException {
  UnavailableSolverException(String solver, String why) {
    super("solver: expected one that this request can use, found '%s', %s".formatted(solver, why));
  }

  /** Stable and machine-readable. */
  String code() {
    return "solver-unavailable";
  }
}
