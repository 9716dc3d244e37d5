package io.greenformers.core.linalg;

import io.greenformers.core.linalg.FixedRankSolver.FixedRank;
import java.util.Random;

/** Matrices on the heap, for solvers of one rank. */
final class HeapMatrices {
  private HeapMatrices() {}

  /**
   * A matrix as multiple of another.
   *
   * @param matrix with a largest magnitude of 1, or of zeros
   */
  record Scaled(Matrix matrix, double scale) {}

  /**
   * A copy, scaled.
   *
   * @throws DecompositionException if an element is NaN or infinite, naming it
   */
  static Scaled scaled(Matrix matrix) {
    double[] copy = copy(matrix);
    double scale = largest(copy);
    for (int i = 0; i < copy.length; i++) {
      copy[i] /= scale;
    }
    return new Scaled(Matrix.of(matrix.rows(), matrix.columns(), copy), scale);
  }

  /**
   * A row-major copy.
   *
   * @throws DecompositionException if an element is NaN or infinite, naming it
   */
  static double[] copy(Matrix matrix) {
    int columns = matrix.columns();
    double[] copy = new double[Math.multiplyExact(matrix.rows(), columns)];
    for (int i = 0; i < matrix.rows(); i++) {
      matrix.copy(i, 0, columns, copy, i * columns);
      for (int j = 0; j < columns; j++) {
        if (!Double.isFinite(copy[i * columns + j])) {
          throw DecompositionException.notFinite(copy[i * columns + j], i, j);
        }
      }
    }
    return copy;
  }

  /** Uniform in (0, most]. */
  static double[] positive(Random random, int size, double most) {
    double[] values = new double[size];
    for (int i = 0; i < size; i++) {
      values[i] = most * (1 - random.nextDouble());
    }
    return values;
  }

  /** The largest magnitude, or 1 where all are zero. */
  static double largest(double[] values) {
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest == 0 ? 1 : largest;
  }

  /** Copies with column k of left and row k of right at the same norm, and both times √scale. */
  static FixedRank balanced(Matrix left, Matrix right, double scale) {
    int rank = right.rows();
    double[] l = copy(left);
    double[] r = copy(right);
    for (int k = 0; k < rank; k++) {
      double ofLeft = norm(l, k, rank, left.rows());
      double ofRight = norm(r, k * right.columns(), 1, right.columns());
      double each = Math.sqrt(ofLeft) * Math.sqrt(ofRight) * Math.sqrt(scale);
      stretch(l, k, rank, left.rows(), ofLeft, each);
      stretch(r, k * right.columns(), 1, right.columns(), ofRight, each);
    }
    return new FixedRank(Matrix.of(left.rows(), rank, l), Matrix.of(rank, right.columns(), r));
  }

  private static double norm(double[] values, int first, int stride, int count) {
    double norm = 0;
    for (int i = 0; i < count; i++) {
      norm = Math.hypot(norm, values[first + i * stride]);
    }
    return norm;
  }

  /** From one norm to another. */
  private static void stretch(
      double[] values, int first, int stride, int count, double from, double to) {
    for (int i = 0; i < count; i++) {
      int at = first + i * stride;
      values[at] = to == 0 ? 0 : values[at] / from * to;
    }
  }
}
