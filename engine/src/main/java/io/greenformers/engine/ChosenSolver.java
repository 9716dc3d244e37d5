package io.greenformers.engine;

import io.greenformers.core.linalg.FixedRankSolver;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.CompressionRequest.Solver;
import io.greenformers.protocol.request.Examples;
import io.greenformers.protocol.request.Ranks;
import java.util.Locale;
import java.util.Optional;

/**
 * The solver that a request is served with.
 *
 * @param reason why this one
 */
record ChosenSolver(Solver solver, String reason) {
  private static final int ITERATIONS = 200;

  /**
   * Chooses.
   *
   * @throws UnavailableSolverException if the one that was asked for cannot serve the request
   */
  static ChosenSolver of(CompressionRequest request, boolean hasExamples) {
    ChosenSolver chosen =
        request.solver() != Solver.AUTO
            ? new ChosenSolver(request.solver(), "it was asked for")
            : hasExamples
                ? new ChosenSolver(
                    Solver.ACTIVATION_AWARE,
                    "there are examples to calibrate with: errors of outputs count, not of weights")
                : new ChosenSolver(Solver.SVD, "there is no data to calibrate with");
    if (chosen.solver() == Solver.FISHER && !hasTargets(request)) {
      throw new UnavailableSolverException(
          chosen.name(),
          "which differentiates the loss of a task: give data.task (classification, regression, token classification or language modelling), or use 'activation-aware'");
    }
    boolean knowsRanks =
        request.ranks().policy() != Ranks.Policy.ENERGY
            && (request.ranks().policy() != Ranks.Policy.BUDGET
                || request.budget().sizeRatio().isPresent());
    if (!chosen.isNested() && !knowsRanks) {
      throw new UnavailableSolverException(
          chosen.name(),
          "whose factors are of one rank each, so that ranks cannot be searched; give budget.sizeRatio, or use 'svd'");
    }
    return chosen;
  }

  /** Ready tensors must have labels then. */
  private static boolean hasTargets(CompressionRequest request) {
    return request.data().filter(Examples::areTensors).isPresent()
        || request.data().flatMap(Examples::task).stream()
            .anyMatch(task ->
                switch (task) {
                  case TEXT_CLASSIFICATION,
                      TEXT_REGRESSION,
                      TOKEN_CLASSIFICATION,
                      MASKED_LANGUAGE_MODELLING,
                      CAUSAL_LANGUAGE_MODELLING ->
                      true;
                  case TEXT, EMBEDDING -> false;
                });
  }

  /** Whether the factors of any rank are part of those of a higher one. */
  boolean isNested() {
    return switch (solver) {
      case AUTO, SVD, ACTIVATION_AWARE, FISHER -> true;
      case SNMF, NMF, RANDOM -> false;
    };
  }

  /** The solver of one rank; empty where it is nested. */
  Optional<FixedRankSolver> fixedRank(long seed) {
    return switch (solver) {
      case AUTO, SVD, ACTIVATION_AWARE, FISHER -> Optional.empty();
      case SNMF -> Optional.of(FixedRankSolver.semiNonNegative(ITERATIONS, seed));
      case NMF -> Optional.of(FixedRankSolver.nonNegative(ITERATIONS, seed));
      case RANDOM -> Optional.of(FixedRankSolver.random(seed));
    };
  }

  String name() {
    return name(solver);
  }

  /** As documents spell it. */
  static String name(Solver solver) {
    return solver.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
