package io.greenformers.core.linalg;

import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dsyevd;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas.cblas_dsyrk;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * SVD of W [m, n], m ≥ n, by the eigenvectors V of its Gram matrix WᵀW in fp64 (Golub and Van Loan,
 * Matrix Computations, 4th ed., 8.6.3): U·Σ = W·V, and σ are the norms of its columns. A wide W
 * goes in transposed.
 *
 * <p>V is orthogonal to working precision whatever the condition of W, so W·V·Vᵀ is W to rounding:
 * at full rank nothing is lost. Squaring costs accuracy only in singular values below about
 * 1e-8·σ₁, which the weights of a model, fp32 at most, do not carry. In exchange nearly all work is
 * in matrix products and in an eigenproblem of the smaller side. W is scaled by a power of two, so
 * that squares of fp64 elements neither overflow nor underflow.
 *
 * <p>OpenBLAS runs on one thread, for the whole process. The eigenproblem is bound by memory, so a
 * second core gains little; and OpenBLAS threads spin at their barriers, so on a busy machine they
 * cost up to sixty times (768 x 768 on 2 shared cores: 0.1 s on one thread, 0.3 to 6.5 s on two).
 * One thread also makes results independent of the number of cores. Figures: SvdBenchmark.
 *
 * <p>Native memory at the peak: 8·(mn + 3n²) bytes; 2 GB at 8192 x 8192.
 */
final class OpenBlasSvdSolver implements SvdSolver {
  /** Rows of W multiplied at a time, so that U·Σ can take the place of W. */
  private static final int BLOCK = 1024;

  OpenBlasSvdSolver() {
    Loader.load(openblas.class);
    openblas_nolapack.blas_set_num_threads(1);
  }

  @Override
  public Svd decompose(Matrix matrix) {
    boolean wide = matrix.rows() < matrix.columns();
    Matrix tall = wide ? matrix.transposed() : matrix;
    int m = tall.rows();
    int n = tall.columns();
    double scale = scale(matrix);
    NativeDoubles w = new NativeDoubles((long) m * n);
    try {
      fill(w, tall, 1 / scale);
      NativeDoubles v = new NativeDoubles((long) n * n);
      try {
        eigenvectorsOfGram(w, v, m, n);
        multiplyInPlace(w, v, m, n);
        return new GramSvd(w, v, m, n, wide, scale);
      } catch (Throwable e) {
        v.close();
        throw e;
      }
    } catch (Throwable e) {
      w.close();
      throw e;
    }
  }

  /** A power of two near the largest magnitude; 1 for a zero matrix. */
  private static double scale(Matrix matrix) {
    double largest = 0;
    for (int i = 0; i < matrix.rows(); i++) {
      for (int j = 0; j < matrix.columns(); j++) {
        double value = matrix.get(i, j);
        if (!Double.isFinite(value)) {
          throw DecompositionException.notFinite(value, i, j);
        }
        largest = Math.max(largest, Math.abs(value));
      }
    }
    // neither the scale nor its inverse may be subnormal
    int exponent = Math.clamp(Math.getExponent(largest), -1000, 1000);
    return largest == 0 ? 1 : Math.scalb(1.0, exponent);
  }

  private static void fill(NativeDoubles w, Matrix matrix, double factor) {
    int columns = matrix.columns();
    for (int i = 0; i < matrix.rows(); i++) {
      for (int j = 0; j < columns; j++) {
        w.set((long) i * columns + j, factor * matrix.get(i, j));
      }
    }
  }

  /** Row-major WᵀW is its own transpose, so LAPACK's column-major needs no copy. */
  private static void eigenvectorsOfGram(NativeDoubles w, NativeDoubles v, int m, int n) {
    cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, n, m, 1, w.pointer(), n, 0, v.pointer(), n);
    try (NativeDoubles eigenvalues = new NativeDoubles(n)) {
      int info =
          LAPACKE_dsyevd(
              LAPACK_COL_MAJOR, (byte) 'V', (byte) 'U', n, v.pointer(), n, eigenvalues.pointer());
      if (info != 0) {
        throw new DecompositionException(
            "the eigenproblem of a %d x %d matrix failed (dsyevd: %d)".formatted(m, n, info));
      }
    }
  }

  /** W [m, n] becomes W·V; v holds Vᵀ row-major. */
  private static void multiplyInPlace(NativeDoubles w, NativeDoubles v, int m, int n) {
    try (NativeDoubles block = new NativeDoubles((long) Math.min(m, BLOCK) * n)) {
      for (int i = 0; i < m; i += BLOCK) {
        int rows = Math.min(BLOCK, m - i);
        long offset = (long) i * n;
        cblas_dgemm(
            CblasRowMajor,
            CblasNoTrans,
            CblasTrans,
            rows,
            n,
            n,
            1,
            w.pointer(offset),
            n,
            v.pointer(),
            n,
            0,
            block.pointer(),
            n);
        w.copyFrom(block, offset, (long) rows * n);
      }
    }
  }
}
