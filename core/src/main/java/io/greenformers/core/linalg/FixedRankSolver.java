package io.greenformers.core.linalg;

/**
 * Finds factors of one rank. Unlike an {@link SvdSolver}'s they are not nested: another rank needs
 * another call. Implementations are thread-safe, and give the same factors every time.
 */
public interface FixedRankSolver {
  /**
   * Finds factors.
   *
   * @param matrix A [in, out]; not modified
   * @param rank r, from 1 to min(in, out)
   * @throws DecompositionException if A holds NaN, infinite values, or what the solver cannot
   *     represent
   */
  FixedRank solve(Matrix matrix, int rank);

  /**
   * Factors of one rank, on the heap.
   *
   * @param left [in, r]
   * @param right [r, out]
   */
  record FixedRank(Matrix left, Matrix right) {}

  /**
   * Non-negative matrix factorization: A ≈ L·R with L, R ≥ 0, by multiplicative updates L ←
   * L∘(A·Rᵀ)/(L·R·Rᵀ), R ← R∘(Lᵀ·A)/(Lᵀ·L·R) (Lee and Seung, Algorithms for non-negative matrix
   * factorization, NIPS 2000). Refuses matrices with negative elements.
   *
   * @param iterations how many updates of each factor
   */
  static FixedRankSolver nonNegative(int iterations, long seed) {
    return new NonNegativeSolver(iterations, seed);
  }

  /**
   * Semi-non-negative matrix factorization: A ≈ L·R with R ≥ 0, by L ← A·Rᵀ·(R·Rᵀ)⁻¹, R ←
   * R∘√(((Lᵀ·A)⁺ + (LᵀL)⁻·R)/((Lᵀ·A)⁻ + (LᵀL)⁺·R)) (Ding, Li and Jordan, Convex and
   * semi-nonnegative matrix factorizations, IEEE TPAMI 32, 2010).
   *
   * @param iterations how many updates of each factor
   */
  static FixedRankSolver semiNonNegative(int iterations, long seed) {
    return new SemiNonNegativeSolver(iterations, seed);
  }

  /**
   * Random factors, for training from scratch: Gaussian, with the variance of A's elements in their
   * product; A's values do not matter otherwise.
   */
  static FixedRankSolver random(long seed) {
    return new RandomSolver(seed);
  }
}
