package io.greenformers.core.linalg;

import java.util.Random;
import org.ejml.data.DMatrixRMaj;

/** Matrices on the heap, for solvers that need many small steps. */
final class HeapMatrices {
  private HeapMatrices() {}

  /**
   * A copy.
   *
   * @throws DecompositionException if an element is NaN or infinite, naming it
   */
  static DMatrixRMaj copy(Matrix matrix) {
    DMatrixRMaj copy = new DMatrixRMaj(matrix.rows(), matrix.columns());
    for (int i = 0; i < matrix.rows(); i++) {
      matrix.copy(i, 0, matrix.columns(), copy.data, i * matrix.columns());
      for (int j = 0; j < matrix.columns(); j++) {
        if (!Double.isFinite(copy.get(i, j))) {
          throw DecompositionException.notFinite(copy.get(i, j), i, j);
        }
      }
    }
    return copy;
  }

  /** Uniform in (0, scale]. */
  static DMatrixRMaj positive(Random random, int rows, int columns, double scale) {
    DMatrixRMaj matrix = new DMatrixRMaj(rows, columns);
    for (int i = 0; i < matrix.data.length; i++) {
      matrix.data[i] = scale * (1 - random.nextDouble());
    }
    return matrix;
  }

  static Matrix view(DMatrixRMaj matrix) {
    return Matrix.of(matrix.numRows, matrix.numCols, matrix.data);
  }

  /** The largest magnitude, or 1 where all are zero. */
  static double largest(DMatrixRMaj matrix) {
    double largest = 0;
    for (double value : matrix.data) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest == 0 ? 1 : largest;
  }

  /** Scales column k of left and row k of right to the same norm, and both by √scale. */
  static void balance(DMatrixRMaj left, DMatrixRMaj right, double scale) {
    for (int k = 0; k < left.numCols; k++) {
      double l = 0;
      double r = 0;
      for (int i = 0; i < left.numRows; i++) {
        l = Math.hypot(l, left.get(i, k));
      }
      for (int j = 0; j < right.numCols; j++) {
        r = Math.hypot(r, right.get(k, j));
      }
      double norm = Math.sqrt(l) * Math.sqrt(r) * Math.sqrt(scale);
      for (int i = 0; i < left.numRows; i++) {
        left.set(i, k, norm == 0 ? 0 : left.get(i, k) / l * norm);
      }
      for (int j = 0; j < right.numCols; j++) {
        right.set(k, j, norm == 0 ? 0 : right.get(k, j) / r * norm);
      }
    }
  }
}
