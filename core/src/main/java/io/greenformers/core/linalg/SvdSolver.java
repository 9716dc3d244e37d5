package io.greenformers.core.linalg;

import io.greenformers.core.linalg.InputWeighting.None;

/** Computes singular value decompositions. Implementations are thread-safe. */
public interface SvdSolver {
  /**
   * Decomposes a matrix into the best factors in the norm of a weighting.
   *
   * @param matrix A [in, out], in and out at least 1; not modified
   * @param weighting of the rows of A, that is of the inputs x of x·A
   * @param mostRank how many ranks are wanted, at least 1; more than min(in, out) means all
   * @throws DecompositionException if A holds NaN or infinite values, or the solver fails
   */
  Svd decompose(Matrix matrix, InputWeighting weighting, int mostRank);

  /** Decomposes a matrix at full rank in the plain Frobenius norm. */
  default Svd decompose(Matrix matrix) {
    return decompose(matrix, new None(), Integer.MAX_VALUE);
  }

  /** The fastest solver that this machine has: OpenBLAS, or EJML where its natives do not load. */
  static SvdSolver best() {
    return BestSolver.INSTANCE;
  }
}
