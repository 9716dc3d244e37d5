package io.greenformers.core.linalg;

/** Computes singular value decompositions. Implementations are thread-safe. */
public interface SvdSolver {
  /**
   * Decomposes a matrix.
   *
   * @param matrix W [m, n], m and n at least 1; not modified
   * @throws DecompositionException if W holds NaN or infinite values, or the solver fails
   */
  Svd decompose(Matrix matrix);

  /** The fastest solver that this machine has: OpenBLAS, or EJML where its natives do not load. */
  static SvdSolver best() {
    return BestSolver.INSTANCE;
  }
}
