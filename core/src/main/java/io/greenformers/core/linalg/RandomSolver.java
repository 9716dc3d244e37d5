package io.greenformers.core.linalg;

import java.util.Random;

/** See {@link FixedRankSolver#random}. */
record RandomSolver(long seed) implements FixedRankSolver {
  @Override
  public FixedRank solve(Matrix matrix, int rank) {
    double[] values = HeapMatrices.copy(matrix);
    double largest = HeapMatrices.largest(values);
    double squares = 0;
    for (double value : values) {
      squares += value / largest * (value / largest);
    }
    // r products of two deviations s each have the variance r·s⁴
    double deviation = largest * Math.sqrt(squares / values.length);
    double each = Math.sqrt(deviation / Math.sqrt(rank));
    Random random = new Random(seed);
    return new FixedRank(
        gaussian(random, matrix.rows(), rank, each),
        gaussian(random, rank, matrix.columns(), each));
  }

  private static Matrix gaussian(Random random, int rows, int columns, double deviation) {
    double[] values = new double[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = deviation * random.nextGaussian();
    }
    return Matrix.of(rows, columns, values);
  }
}
