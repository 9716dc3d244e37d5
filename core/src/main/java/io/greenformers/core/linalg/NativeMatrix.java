package io.greenformers.core.linalg;

import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dposv;
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

  /** A copy. */
  static NativeMatrix of(Matrix matrix) {
    NativeMatrix copy = new NativeMatrix(matrix.rows(), matrix.columns());
    double[] row = new double[copy.columns];
    for (int i = 0; i < copy.rows; i++) {
      matrix.copy(i, 0, copy.columns, row, 0);
      copy.elements.write((long) i * copy.columns, row, copy.columns);
    }
    return copy;
  }

  /** An element's next value, of its row, column and value. */
  interface Update {
    double next(int row, int column, double value);
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

  @Override
  public void copy(int row, int column, int count, double[] to, int index) {
    elements.read((long) row * columns + column, to, index, count);
  }

  void set(int row, int column, double value) {
    elements.set((long) row * columns + column, value);
  }

  DoublePointer pointer() {
    return elements.pointer();
  }

  DoublePointer pointer(int row, int column) {
    return elements.pointer((long) row * columns + column);
  }

  /** Replaces every element. */
  void update(Update update) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        set(i, j, update.next(i, j, get(i, j)));
      }
    }
  }

  /** Takes the elements of a matrix of the same shape. */
  void become(NativeMatrix other) {
    elements.copyFrom(other.elements, 0, 0, (long) rows * columns);
  }

  /** A square matrix becomes its transpose. */
  void transpose() {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < i; j++) {
        double lower = get(i, j);
        set(i, j, get(j, i));
        set(j, i, lower);
      }
    }
  }

  /** The lower triangle overwrites the upper one. */
  void mirror() {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < i; j++) {
        set(j, i, get(i, j));
      }
    }
  }

  /** Multiplies a row. */
  void scaleRow(int row, double factor) {
    for (int j = 0; j < columns; j++) {
      set(row, j, factor * get(row, j));
    }
  }

  /** Multiplies each column by its factor. */
  void scaleColumns(double[] factors) {
    double[] row = new double[columns];
    for (int i = 0; i < rows; i++) {
      copy(i, 0, columns, row, 0);
      for (int j = 0; j < columns; j++) {
        row[j] *= factors[j];
      }
      elements.write((long) i * columns, row, columns);
    }
  }

  /** ‖row‖, where squares neither overflow nor underflow. */
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

  /**
   * Replaces this X [p, n] by X·C⁻¹.
   *
   * @param c [n, n], symmetric; overwritten
   * @return whether it was positive definite; if not, X is as it was
   */
  boolean divideBy(NativeMatrix c) {
    // row-major X is column-major Xᵀ, and C⁻¹·Xᵀ = (X·C⁻¹)ᵀ
    int info =
        LAPACKE_dposv(
            LAPACK_COL_MAJOR, (byte) 'U', columns, rows, c.pointer(), columns, pointer(), columns);
    return info == 0;
  }

  /**
   * Adds the Gram matrix TᵀT of rows T [k, n] to the lower triangle of this [n, n].
   *
   * @param byRows whether the memory holds T, and not Tᵀ [n, k]
   */
  void addGram(DoublePointer t, boolean byRows, int k) {
    int trans = byRows ? CblasTrans : CblasNoTrans;
    int stride = byRows ? rows : k;
    cblas_dsyrk(CblasRowMajor, CblasLower, trans, rows, k, 1, t, stride, 1, pointer(), columns);
  }

  /** Overwrites rows of this [m, p], from the first on, by T·Wᵀ: T [k, n] as above, W [p, n]. */
  void rowsBecome(int first, DoublePointer t, boolean byRows, int k, NativeMatrix w) {
    int trans = byRows ? CblasNoTrans : CblasTrans;
    int stride = byRows ? w.columns : k;
    cblas_dgemm(
        CblasRowMajor,
        trans,
        CblasTrans,
        k,
        columns,
        w.columns,
        1,
        t,
        stride,
        w.pointer(),
        w.columns,
        0,
        pointer(first, 0),
        columns);
  }

  /** Overwrites columns of this [p, m], from the first on, by W·Tᵀ: T [k, n] as above, W [p, n]. */
  void columnsBecome(int first, DoublePointer t, boolean byRows, int k, NativeMatrix w) {
    int trans = byRows ? CblasTrans : CblasNoTrans;
    int stride = byRows ? w.columns : k;
    cblas_dgemm(
        CblasRowMajor,
        CblasNoTrans,
        trans,
        rows,
        k,
        w.columns,
        1,
        w.pointer(),
        w.columns,
        t,
        stride,
        0,
        pointer(0, first),
        columns);
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
      values.read(0, eigenvalues, 0, rows);
      return eigenvalues;
    }
  }

  /** The last rows, the last one first. */
  NativeMatrix lastRows(int count) {
    NativeMatrix last = new NativeMatrix(count, columns);
    for (int k = 0; k < count; k++) {
      long from = (long) (rows - 1 - k) * columns;
      last.elements.copyFrom(elements, from, (long) k * columns, columns);
    }
    return last;
  }

  @Override
  public void close() {
    elements.close();
  }
}
