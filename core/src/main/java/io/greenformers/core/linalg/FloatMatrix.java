package io.greenformers.core.linalg;

import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRight;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.LAPACKE_sgeqrf;
import static org.bytedeco.openblas.global.openblas.LAPACKE_sorgqr;
import static org.bytedeco.openblas.global.openblas.LAPACKE_ssyevd;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;
import static org.bytedeco.openblas.global.openblas.cblas_saxpy;
import static org.bytedeco.openblas.global.openblas.cblas_scopy;
import static org.bytedeco.openblas.global.openblas.cblas_sgemm;
import static org.bytedeco.openblas.global.openblas.cblas_ssymm;
import static org.bytedeco.openblas.global.openblas.cblas_ssymv;
import static org.bytedeco.openblas.global.openblas.cblas_ssyrk;

import java.util.Optional;
import org.bytedeco.javacpp.FloatPointer;

/** A row-major fp32 matrix in native memory, for OpenBLAS. */
final class FloatMatrix implements Matrix, AutoCloseable {
  private final int rows;
  private final int columns;
  private final NativeFloats elements;

  /** A matrix to be overwritten: its elements are not set. */
  FloatMatrix(int rows, int columns) {
    this(rows, columns, NativeFloats.unset((long) rows * columns));
  }

  private FloatMatrix(int rows, int columns, NativeFloats elements) {
    this.rows = rows;
    this.columns = columns;
    this.elements = elements;
  }

  static FloatMatrix zeros(int rows, int columns) {
    return new FloatMatrix(rows, columns, NativeFloats.zeros((long) rows * columns));
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
  public void copy(int row, int column, int count, float[] to, int index) {
    elements.read((long) row * columns + column, to, index, count);
  }

  /** Overwrites a row by {@code columns} floats of an array. */
  void setRow(int row, float[] from, int at) {
    elements.write((long) row * columns, from, at, columns);
  }

  FloatPointer pointer() {
    return elements.pointer(0);
  }

  private FloatPointer pointer(int row, int column) {
    return elements.pointer((long) row * columns + column);
  }

  /** This [m, k] · otherᵀ, other [n, k]. */
  FloatMatrix timesTransposed(FloatMatrix other) {
    FloatMatrix c = new FloatMatrix(rows, other.rows);
    cblas_sgemm(
        CblasRowMajor,
        CblasNoTrans,
        CblasTrans,
        rows,
        other.rows,
        columns,
        1,
        pointer(),
        columns,
        other.pointer(),
        other.columns,
        0,
        c.pointer(),
        c.columns);
    return c;
  }

  /** The first rows of this [m, k] · other [k, n]. */
  FloatMatrix firstRowsTimes(int count, FloatMatrix other) {
    FloatMatrix c = new FloatMatrix(count, other.columns);
    cblas_sgemm(
        CblasRowMajor,
        CblasNoTrans,
        CblasNoTrans,
        count,
        other.columns,
        columns,
        1,
        pointer(),
        columns,
        other.pointer(),
        other.columns,
        0,
        c.pointer(),
        c.columns);
    return c;
  }

  /** This [m, n] · G, G [n, n] symmetric, given by its lower triangle. */
  FloatMatrix timesSymmetric(FloatMatrix g) {
    FloatMatrix c = new FloatMatrix(rows, columns);
    c.becomeTimesSymmetric(1, this, g, 0);
    return c;
  }

  /** Overwrites y [n] by this·x, this [n, n] symmetric, given by its lower triangle. */
  void multiplySymmetric(float[] x, float[] y) {
    try (NativeFloats in = NativeFloats.unset(columns);
        NativeFloats out = NativeFloats.unset(rows)) {
      in.write(0, x, 0, columns);
      cblas_ssymv(
          CblasRowMajor,
          CblasLower,
          rows,
          1,
          pointer(),
          columns,
          in.pointer(0),
          1,
          0,
          out.pointer(0),
          1);
      out.read(0, y, 0, rows);
    }
  }

  /** Becomes factor·y·G + kept·this. */
  void becomeTimesSymmetric(double factor, FloatMatrix y, FloatMatrix g, double kept) {
    cblas_ssymm(
        CblasRowMajor,
        CblasRight,
        CblasLower,
        rows,
        columns,
        (float) factor,
        g.pointer(),
        g.columns,
        y.pointer(),
        columns,
        (float) kept,
        pointer(),
        columns);
  }

  /** Becomes x. */
  void become(FloatMatrix x) {
    cblas_scopy(rows * columns, x.pointer(), 1, pointer(), 1);
  }

  /** Adds factor·x. */
  void add(double factor, FloatMatrix x) {
    cblas_saxpy(rows * columns, (float) factor, x.pointer(), 1, pointer(), 1);
  }

  /** As {@link NativeMatrix#addGram}. */
  void addGram(FloatPointer t, boolean byRows, int k) {
    int trans = byRows ? CblasTrans : CblasNoTrans;
    int stride = byRows ? rows : k;
    cblas_ssyrk(CblasRowMajor, CblasLower, trans, rows, k, 1, t, stride, 1, pointer(), columns);
  }

  /** As {@link NativeMatrix#rowsBecome}. */
  void rowsBecome(int first, FloatPointer t, boolean byRows, int k, FloatMatrix w) {
    int trans = byRows ? CblasNoTrans : CblasTrans;
    int stride = byRows ? w.columns : k;
    cblas_sgemm(
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

  /** As {@link NativeMatrix#columnsBecome}. */
  void columnsBecome(int first, FloatPointer t, boolean byRows, int k, FloatMatrix w) {
    int trans = byRows ? CblasTrans : CblasNoTrans;
    int stride = byRows ? w.columns : k;
    cblas_sgemm(
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
   * Replaces these rows by an orthonormal basis of them, by Householder reflections: whatever their
   * condition.
   *
   * @return whether LAPACK did
   */
  boolean orthonormalize() {
    try (NativeFloats tau = NativeFloats.unset(rows)) {
      // rows here are columns there
      int factored =
          LAPACKE_sgeqrf(LAPACK_COL_MAJOR, columns, rows, pointer(), columns, tau.pointer(0));
      int formed =
          LAPACKE_sorgqr(LAPACK_COL_MAJOR, columns, rows, rows, pointer(), columns, tau.pointer(0));
      return factored == 0 && formed == 0;
    }
  }

  /**
   * Replaces a symmetric matrix, given by its lower triangle, by its eigenvectors as rows.
   *
   * @return the eigenvalues, ascending like the rows; empty if the solver fails
   */
  Optional<float[]> becomeEigenvectors() {
    try (NativeFloats values = NativeFloats.unset(rows)) {
      int info =
          LAPACKE_ssyevd(
              LAPACK_COL_MAJOR, (byte) 'V', (byte) 'U', rows, pointer(), rows, values.pointer(0));
      float[] eigenvalues = new float[rows];
      values.read(0, eigenvalues, 0, rows);
      return info == 0 ? Optional.of(eigenvalues) : Optional.empty();
    }
  }

  /** The last rows, the last one first. */
  FloatMatrix lastRows(int count) {
    FloatMatrix last = new FloatMatrix(count, columns);
    float[] row = new float[columns];
    for (int k = 0; k < count; k++) {
      copy(rows - 1 - k, 0, columns, row, 0);
      last.setRow(k, row, 0);
    }
    return last;
  }

  @Override
  public void close() {
    elements.close();
  }
}
