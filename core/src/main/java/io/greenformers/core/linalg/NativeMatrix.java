package io.greenformers.core.linalg;

import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dsyevd;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas.cblas_dsyrk;

import org.bytedeco.javacpp.DoublePointer;

/** A row-major fp64 matrix in native memory, for OpenBLAS; zeros at first. */
final class NativeMatrix implements Matrix, AutoCloseable {
  private final int rows;
  private final int columns;
  private final NativeDoubles elements;

  NativeMatrix(int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
    this.elements = new NativeDoubles((long) rows * columns);
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public double get(int row, int column) {
    return elements.get((long) row * columns + column);
  }

  void set(int row, int column, double value) {
    elements.set((long) row * columns + column, value);
  }

  DoublePointer pointer() {
    return elements.pointer();
  }

  NativeMatrix copy() {
    NativeMatrix copy = new NativeMatrix(rows, columns);
    copy.elements.copyFrom(elements, 0, 0, (long) rows * columns);
    return copy;
  }

  /** Takes the elements of a matrix of the same shape. */
  void become(NativeMatrix other) {
    elements.copyFrom(other.elements, 0, 0, (long) rows * columns);
  }

  /** A multiple of another matrix's row becomes a row of this. */
  void copyRow(NativeMatrix other, int from, int to, double factor) {
    for (int j = 0; j < columns; j++) {
      set(to, j, factor * other.get(from, j));
    }
  }

  /** Multiplies a row. */
  void scaleRow(int row, double factor) {
    for (int j = 0; j < columns; j++) {
      set(row, j, factor * get(row, j));
    }
  }

  /** ‖row‖; neither overflows nor underflows where the elements' squares do not. */
  double rowNorm(int row) {
    double squares = 0;
    for (int j = 0; j < columns; j++) {
      squares += get(row, j) * get(row, j);
    }
    return Math.sqrt(squares);
  }

  /** This [m, k] · other [k, n]. */
  NativeMatrix times(NativeMatrix other) {
    return product(this, CblasNoTrans, other, CblasNoTrans, rows, other.columns, columns);
  }

  /** This [m, k] · otherᵀ, other [n, k]. */
  NativeMatrix timesTransposed(NativeMatrix other) {
    return product(this, CblasNoTrans, other, CblasTrans, rows, other.rows, columns);
  }

  /** Thisᵀ · other, this [k, m], other [k, n]. */
  NativeMatrix transposedTimes(NativeMatrix other) {
    return product(this, CblasTrans, other, CblasNoTrans, columns, other.columns, rows);
  }

  private static NativeMatrix product(
      NativeMatrix a, int transA, NativeMatrix b, int transB, int m, int n, int k) {
    NativeMatrix c = new NativeMatrix(m, n);
    cblas_dgemm(
        CblasRowMajor,
        transA,
        transB,
        m,
        n,
        k,
        1,
        a.pointer(),
        a.columns,
        b.pointer(),
        b.columns,
        0,
        c.pointer(),
        n);
    return c;
  }

  /** The lower triangle of thisᵀ·this [n, n]. */
  NativeMatrix gramOfColumns() {
    return gram(CblasTrans, columns, rows);
  }

  /** The lower triangle of this·thisᵀ [m, m]. */
  NativeMatrix gramOfRows() {
    return gram(CblasNoTrans, rows, columns);
  }

  private NativeMatrix gram(int trans, int n, int k) {
    NativeMatrix gram = new NativeMatrix(n, n);
    cblas_dsyrk(
        CblasRowMajor, CblasLower, trans, n, k, 1, pointer(), columns, 0, gram.pointer(), n);
    return gram;
  }

  /**
   * Replaces a symmetric matrix, given by its lower triangle, by its eigenvectors as rows.
   *
   * @return the eigenvalues, ascending like the rows
   */
  double[] becomeEigenvectors() {
    try (NativeDoubles values = new NativeDoubles(rows)) {
      // row-major lower is column-major upper, and columns there are rows here
      int info =
          LAPACKE_dsyevd(
              LAPACK_COL_MAJOR, (byte) 'V', (byte) 'U', rows, pointer(), rows, values.pointer());
      if (info != 0) {
        throw new DecompositionException(
            "the eigenproblem of a %d x %d matrix failed (dsyevd: %d)".formatted(rows, rows, info));
      }
      double[] eigenvalues = new double[rows];
      for (int i = 0; i < rows; i++) {
        eigenvalues[i] = values.get(i);
      }
      return eigenvalues;
    }
  }

  /** The last rows, the last one first. */
  NativeMatrix lastRows(int count) {
    NativeMatrix last = new NativeMatrix(count, columns);
    for (int k = 0; k < count; k++) {
      last.elements.copyFrom(
          elements, (long) (rows - 1 - k) * columns, (long) k * columns, columns);
    }
    return last;
  }

  @Override
  public void close() {
    elements.close();
  }
}
