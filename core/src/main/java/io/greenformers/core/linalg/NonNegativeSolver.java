package io.greenformers.core.linalg;

import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/** See {@link FixedRankSolver#nonNegative}. */
record NonNegativeSolver(int iterations, long seed) implements FixedRankSolver {
  /** Keeps divisors above zero; A is scaled to a largest element of 1. */
  private static final double LEAST = 1e-12;

  @Override
  public FixedRank solve(Matrix matrix, int rank) {
    DMatrixRMaj a = HeapMatrices.copy(matrix);
    requireNonNegative(a);
    double scale = HeapMatrices.largest(a);
    CommonOps_DDRM.divide(a, scale);
    Random random = new Random(seed);
    double start = Math.sqrt(CommonOps_DDRM.elementSum(a) / a.data.length / rank);
    DMatrixRMaj left = HeapMatrices.positive(random, a.numRows, rank, 2 * start);
    DMatrixRMaj right = HeapMatrices.positive(random, rank, a.numCols, 2 * start);
    for (int i = 0; i < iterations; i++) {
      DMatrixRMaj ar = CommonOps_DDRM.multTransB(a, right, null);
      DMatrixRMaj rr = CommonOps_DDRM.multTransB(right, right, null);
      update(left, ar, CommonOps_DDRM.mult(left, rr, null));
      DMatrixRMaj la = CommonOps_DDRM.multTransA(left, a, null);
      DMatrixRMaj ll = CommonOps_DDRM.multTransA(left, left, null);
      update(right, la, CommonOps_DDRM.mult(ll, right, null));
    }
    HeapMatrices.balance(left, right, scale);
    return new FixedRank(HeapMatrices.view(left), HeapMatrices.view(right));
  }

  private static void update(DMatrixRMaj factor, DMatrixRMaj above, DMatrixRMaj below) {
    for (int i = 0; i < factor.data.length; i++) {
      factor.data[i] *= above.data[i] / (below.data[i] + LEAST);
    }
  }

  private static void requireNonNegative(DMatrixRMaj a) {
    for (int i = 0; i < a.data.length; i++) {
      if (a.data[i] < 0) {
        throw new DecompositionException(
            "expected no negative elements for nmf, found %s at row %d, column %d; use snmf"
                .formatted(a.data[i], i / a.numCols, i % a.numCols));
      }
    }
  }
}
