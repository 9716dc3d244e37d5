package io.greenformers.core.linalg;

import java.util.Random;
import org.ejml.data.DMatrixRMaj;

/** See {@link FixedRankSolver#random}. */
record RandomSolver(long seed) implements FixedRankSolver {
  @Override
  public FixedRank solve(Matrix matrix, int rank) {
    DMatrixRMaj a = HeapMatrices.copy(matrix);
    double largest = HeapMatrices.largest(a);
    double squares = 0;
    for (double value : a.data) {
      squares += value / largest * (value / largest);
    }
    // r products of two deviations s each have the variance r·s⁴
    double deviation = largest * Math.sqrt(squares / a.data.length);
    double each = Math.sqrt(deviation / Math.sqrt(rank));
    Random random = new Random(seed);
    return new FixedRank(
        gaussian(random, a.numRows, rank, each), gaussian(random, rank, a.numCols, each));
  }

  private static Matrix gaussian(Random random, int rows, int columns, double deviation) {
    double[] values = new double[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = deviation * random.nextGaussian();
    }
    return Matrix.of(rows, columns, values);
  }
}
