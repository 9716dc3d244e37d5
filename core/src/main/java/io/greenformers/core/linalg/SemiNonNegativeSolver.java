package io.greenformers.core.linalg;

import java.util.Random;

/** See {@link FixedRankSolver#semiNonNegative}. */
record SemiNonNegativeSolver(int iterations, long seed) implements FixedRankSolver {
  private static final double LEAST = 1e-12;

  /** Of tr(R·Rᵀ)/r: where rows of R depend on each other. */
  private static final double RIDGE = 1e-10;

  @Override
  public FixedRank solve(Matrix matrix, int rank) {
    HeapMatrices.Scaled scaled = HeapMatrices.scaled(matrix);
    double[] start = HeapMatrices.positive(new Random(seed), rank * matrix.columns(), 1);
    try (NativeMatrix a = NativeMatrix.of(scaled.matrix());
        NativeMatrix right = NativeMatrix.of(Matrix.of(rank, matrix.columns(), start))) {
      for (int i = 0; i < iterations; i++) {
        try (NativeMatrix left = leastSquares(a, right)) {
          update(a, left, right);
        }
      }
      try (NativeMatrix left = leastSquares(a, right)) {
        return HeapMatrices.balanced(left, right, scaled.scale());
      }
    }
  }

  private static void update(NativeMatrix a, NativeMatrix left, NativeMatrix right) {
    try (NativeMatrix la = left.transposedTimes(a);
        NativeMatrix ll = left.transposedTimes(left);
        NativeMatrix plus = part(ll, 1);
        NativeMatrix minus = part(ll, -1);
        NativeMatrix positive = plus.times(right);
        NativeMatrix negative = minus.times(right)) {
      right.update((i, j, value) -> {
        double above = Math.max(0, la.get(i, j)) + negative.get(i, j);
        double below = Math.max(0, -la.get(i, j)) + positive.get(i, j);
        return value * Math.sqrt(above / (below + LEAST));
      });
    }
  }

  /** A⁺ = (|A| + A)/2 or A⁻ = (|A| − A)/2. */
  private static NativeMatrix part(NativeMatrix a, int sign) {
    NativeMatrix part = new NativeMatrix(a.rows(), a.columns());
    part.update((i, j, zero) -> Math.max(0, sign * a.get(i, j)));
    return part;
  }

  /** L of the least ‖A − L·R‖. */
  private static NativeMatrix leastSquares(NativeMatrix a, NativeMatrix right) {
    try (NativeMatrix gram = right.timesTransposed(right)) {
      double trace = 0;
      for (int k = 0; k < gram.rows(); k++) {
        trace += gram.get(k, k);
      }
      double ridge = RIDGE * trace / gram.rows() + Double.MIN_NORMAL;
      for (int k = 0; k < gram.rows(); k++) {
        gram.set(k, k, gram.get(k, k) + ridge);
      }
      NativeMatrix left = a.timesTransposed(right);
      if (!left.divideBy(gram)) {
        left.close();
        throw new DecompositionException(
            "the least squares of rank %d for snmf are singular".formatted(gram.rows()));
      }
      return left;
    }
  }
}
