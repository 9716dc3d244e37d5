package io.greenformers.core.linalg;

/** A matrix [rows, columns] that can be read. */
public interface Matrix {
  int rows();

  int columns();

  double get(int row, int column);

  /** A view of row-major floats; the array is not copied. */
  static Matrix of(int rows, int columns, float[] rowMajor) {
    requireSize(rows, columns, rowMajor.length);
    return new RowMajor(rows, columns, i -> rowMajor[i]);
  }

  /** A view of row-major doubles; the array is not copied. */
  static Matrix of(int rows, int columns, double[] rowMajor) {
    requireSize(rows, columns, rowMajor.length);
    return new RowMajor(rows, columns, i -> rowMajor[i]);
  }

  /** A view of this matrix [m, n] as [n, m]. */
  default Matrix transposed() {
    return new Transposed(this);
  }

  private static void requireSize(int rows, int columns, int length) {
    if ((long) rows * columns != length) {
      throw new IllegalArgumentException(
          "expected %d x %d elements, found %d".formatted(rows, columns, length));
    }
  }
}
