package io.greenformers.core.linalg;

import java.util.Random;

/** See {@link FixedRankSolver#nonNegative}. */
record NonNegativeSolver(int iterations, long seed) implements FixedRankSolver {
  /** Keeps divisors above zero; A is scaled to a largest element of 1. */
  private static final double LEAST = 1e-12;

  @Override
  public FixedRank solve(Matrix matrix, int rank) {
    HeapMatrices.Scaled scaled = HeapMatrices.scaled(matrix);
    double mean = requireNonNegative(scaled.matrix(), matrix);
    Random random = new Random(seed);
    double most = 2 * Math.sqrt(mean / rank);
    double[] leftStart = HeapMatrices.positive(random, matrix.rows() * rank, most);
    double[] rightStart = HeapMatrices.positive(random, rank * matrix.columns(), most);
    try (NativeMatrix a = NativeMatrix.of(scaled.matrix());
        NativeMatrix left = NativeMatrix.of(Matrix.of(matrix.rows(), rank, leftStart));
        NativeMatrix right = NativeMatrix.of(Matrix.of(rank, matrix.columns(), rightStart))) {
      for (int i = 0; i < iterations; i++) {
        updateLeft(a, left, right);
        updateRight(a, left, right);
      }
      return HeapMatrices.balanced(left, right, scaled.scale());
    }
  }

  private static void updateLeft(NativeMatrix a, NativeMatrix left, NativeMatrix right) {
    try (NativeMatrix above = a.timesTransposed(right);
        NativeMatrix gram = right.timesTransposed(right);
        NativeMatrix below = left.times(gram)) {
      update(left, above, below);
    }
  }

  private static void updateRight(NativeMatrix a, NativeMatrix left, NativeMatrix right) {
    try (NativeMatrix above = left.transposedTimes(a);
        NativeMatrix gram = left.transposedTimes(left);
        NativeMatrix below = gram.times(right)) {
      update(right, above, below);
    }
  }

  private static void update(NativeMatrix factor, NativeMatrix above, NativeMatrix below) {
    factor.update((i, j, value) -> value * above.get(i, j) / (below.get(i, j) + LEAST));
  }

  /**
   * The mean of a matrix whose elements must not be negative; named as they were before scaling.
   */
  private static double requireNonNegative(Matrix scaled, Matrix original) {
    double sum = 0;
    for (int i = 0; i < scaled.rows(); i++) {
      for (int j = 0; j < scaled.columns(); j++) {
        if (scaled.get(i, j) < 0) {
          throw new DecompositionException(
              "expected no negative elements for nmf, found %s at row %d, column %d; use snmf"
                  .formatted(original.get(i, j), i, j));
        }
        sum += scaled.get(i, j);
      }
    }
    return sum / scaled.rows() / scaled.columns();
  }
}
