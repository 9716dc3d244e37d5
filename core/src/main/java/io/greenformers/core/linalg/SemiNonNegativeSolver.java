package io.greenformers.core.linalg;

import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;

/** See {@link FixedRankSolver#semiNonNegative}. */
record SemiNonNegativeSolver(int iterations, long seed) implements FixedRankSolver {
  private static final double LEAST = 1e-12;

  /** Of tr(R·Rᵀ)/r: where rows of R depend on each other. */
  private static final double RIDGE = 1e-10;

  @Override
  public FixedRank solve(Matrix matrix, int rank) {
    DMatrixRMaj a = HeapMatrices.copy(matrix);
    double scale = HeapMatrices.largest(a);
    CommonOps_DDRM.divide(a, scale);
    DMatrixRMaj right = HeapMatrices.positive(new Random(seed), rank, a.numCols, 1);
    DMatrixRMaj left = leastSquares(a, right);
    for (int i = 0; i < iterations; i++) {
      DMatrixRMaj la = CommonOps_DDRM.multTransA(left, a, null);
      DMatrixRMaj ll = CommonOps_DDRM.multTransA(left, left, null);
      DMatrixRMaj positive = CommonOps_DDRM.mult(part(ll, 1), right, null);
      DMatrixRMaj negative = CommonOps_DDRM.mult(part(ll, -1), right, null);
      for (int j = 0; j < right.data.length; j++) {
        double above = Math.max(0, la.data[j]) + negative.data[j];
        double below = Math.max(0, -la.data[j]) + positive.data[j];
        right.data[j] *= Math.sqrt(above / (below + LEAST));
      }
      left = leastSquares(a, right);
    }
    HeapMatrices.balance(left, right, scale);
    return new FixedRank(HeapMatrices.view(left), HeapMatrices.view(right));
  }

  /** A⁺ = (|A| + A)/2 or A⁻ = (|A| − A)/2. */
  private static DMatrixRMaj part(DMatrixRMaj a, int sign) {
    DMatrixRMaj part = a.copy();
    for (int i = 0; i < part.data.length; i++) {
      part.data[i] = Math.max(0, sign * part.data[i]);
    }
    return part;
  }

  /** L of the least ‖A − L·R‖. */
  private static DMatrixRMaj leastSquares(DMatrixRMaj a, DMatrixRMaj right) {
    DMatrixRMaj gram = CommonOps_DDRM.multTransB(right, right, null);
    double ridge = RIDGE * CommonOps_DDRM.trace(gram) / gram.numRows + Double.MIN_NORMAL;
    for (int k = 0; k < gram.numRows; k++) {
      gram.add(k, k, ridge);
    }
    DMatrixRMaj left = new DMatrixRMaj(gram.numRows, a.numRows);
    var solver = LinearSolverFactory_DDRM.symmPosDef(gram.numRows);
    if (!solver.setA(gram)) {
      throw new DecompositionException(
          "the least squares of rank %d for snmf are singular".formatted(gram.numRows));
    }
    solver.solve(CommonOps_DDRM.multTransB(right, a, null), left);
    return CommonOps_DDRM.transpose(left, null);
  }
}
