package io.greenformers.engine;

import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.CompressionRequest.Solver;
import java.util.Locale;

/**
 * The solver that a request is served with.
 *
 * @param reason why this one
 */
record ChosenSolver(Solver solver, String reason) {

  /**
   * Chooses.
   *
   * @throws UnavailableSolverException if the one that was asked for is not there
   */
  static ChosenSolver of(CompressionRequest request, boolean hasTexts) {
    return switch (request.solver()) {
      case AUTO ->
          hasTexts
              ? new ChosenSolver(
                  Solver.ACTIVATION_AWARE,
                  "there are texts to calibrate with: errors of the outputs count, not of weights")
              : new ChosenSolver(Solver.SVD, "there is no data to calibrate with");
      case SVD, ACTIVATION_AWARE -> new ChosenSolver(request.solver(), "it was asked for");
      case FISHER ->
          throw new UnavailableSolverException(
              "fisher",
              "which needs gradient statistics, that come with recovery training; use 'activation-aware'");
      case SNMF, NMF, RANDOM ->
          throw new UnavailableSolverException(
              request.solver().name().toLowerCase(Locale.ROOT),
              "which is not there yet; use 'svd'");
    };
  }

  /** As documents spell it. */
  String name() {
    return solver.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
