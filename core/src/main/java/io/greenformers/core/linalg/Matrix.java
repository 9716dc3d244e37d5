package io.greenformers.core.linalg;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** A matrix [rows, columns] that can be read, by several threads at once. */
public interface Matrix {
  int rows();

  int columns();

  double get(int row, int column);

  /** Copies {@code count} elements of a row, from a column on, to an index on. */
  default void copy(int row, int column, int count, double[] to, int index) {
    for (int j = 0; j < count; j++) {
      to[index + j] = get(row, column + j);
    }
  }

  /** Copies {@code count} elements of a row, rounded, from a column on, to an index on. */
  default void copy(int row, int column, int count, float[] to, int index) {
    for (int j = 0; j < count; j++) {
      to[index + j] = (float) get(row, column + j);
    }
  }

  /**
   * Copies {@code count} elements of a row, rounded, from a column on, to native memory.
   *
   * @param to floats in native order
   * @param index of the first float to overwrite
   */
  default void copy(int row, int column, int count, MemorySegment to, long index) {
    float[] values = new float[count];
    copy(row, column, count, values, 0);
    MemorySegment.copy(values, 0, to, JAVA_FLOAT, index * Float.BYTES, count);
  }

  /** Whether every element is an fp32 number, so that fp32 arithmetic may do. */
  default boolean fitsFloat() {
    return false;
  }

  /** A view of row-major floats; the array is not copied. */
  static Matrix of(int rows, int columns, float[] rowMajor) {
    requireSize(rows, columns, rowMajor.length);
    return new FloatRows(rows, columns, rowMajor);
  }

  /** A view of row-major doubles; the array is not copied. */
  static Matrix of(int rows, int columns, double[] rowMajor) {
    requireSize(rows, columns, rowMajor.length);
    return new DoubleRows(rows, columns, rowMajor);
  }

  /** A view of this matrix [m, n] as [n, m]. */
  default Matrix transposed() {
    return new Transposed(this);
  }

  private static void requireSize(int rows, int columns, long length) {
    if ((long) rows * columns != length) {
      throw new IllegalArgumentException(
          "expected %d x %d elements, found %d".formatted(rows, columns, length));
    }
  }
}
