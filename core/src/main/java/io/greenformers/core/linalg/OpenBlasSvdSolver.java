package io.greenformers.core.linalg;

import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dsyevd;
import static org.bytedeco.openblas.global.openblas.LAPACK_ROW_MAJOR;
import static org.bytedeco.openblas.global.openblas.cblas_dgemm;
import static org.bytedeco.openblas.global.openblas.cblas_dsyrk;

import java.util.Comparator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;

/**
 * SVD of W [m, n], m ≥ n, by the eigenvectors V of its Gram matrix WᵀW in fp64 (Golub and Van Loan,
 * Matrix Computations, 4th ed., 8.6.3): U·Σ = W·V, and σ are the norms of its columns. A wide W
 * goes in transposed.
 *
 * <p>V is orthogonal to working precision whatever the condition of W, so W·V·Vᵀ is W to rounding:
 * at full rank nothing is lost. Squaring costs accuracy only in singular values below about
 * 1e-8·σ₁, which the weights of a model, fp32 at most, do not carry. In exchange nearly all work is
 * in matrix products and in an eigenproblem of the smaller side.
 */
final class OpenBlasSvdSolver implements SvdSolver {

  OpenBlasSvdSolver() {
    Loader.load(openblas.class);
  }

  @Override
  public Svd decompose(Matrix matrix) {
    boolean wide = matrix.rows() < matrix.columns();
    Matrix tall = wide ? matrix.transposed() : matrix;
    int m = tall.rows();
    int n = tall.columns();
    DoublePointer v = new DoublePointer((long) n * n);
    DoublePointer us = new DoublePointer((long) m * n);
    try (DoublePointer w = copy(tall);
        DoublePointer eigenvalues = new DoublePointer(n)) {
      cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, n, m, 1, w, n, 0, v, n);
      int info = LAPACKE_dsyevd(LAPACK_ROW_MAJOR, (byte) 'V', (byte) 'L', n, v, n, eigenvalues);
      if (info != 0) {
        throw new DecompositionException(
            "the eigenproblem of a %d x %d matrix did not converge (dsyevd: %d)"
                .formatted(m, n, info));
      }
      cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, m, n, n, 1, w, n, v, n, 0, us, n);
      return new Result(us, v, m, n, wide);
    } catch (Throwable e) {
      v.close();
      us.close();
      throw e;
    }
  }

  private static DoublePointer copy(Matrix matrix) {
    int columns = matrix.columns();
    DoublePointer copy = new DoublePointer((long) matrix.rows() * columns);
    double[] row = new double[columns];
    for (int i = 0; i < matrix.rows(); i++) {
      for (int j = 0; j < columns; j++) {
        double value = matrix.get(i, j);
        if (!Double.isFinite(value)) {
          copy.close();
          throw DecompositionException.notFinite(value, i, j);
        }
        row[j] = value;
      }
      copy.position((long) i * columns).put(row, 0, columns);
    }
    return copy.position(0);
  }

  /** Scales on reading: column k of U·Σ by 1/√σ, row k of Vᵀ by √σ, in descending order of σ. */
  private static final class Result implements Svd {
    private final DoublePointer us;
    private final DoublePointer v;
    private final int rows;
    private final int rank;
    private final boolean wide;
    private final int[] order;
    private final double[] root;
    private final Spectrum spectrum;

    Result(DoublePointer us, DoublePointer v, int rows, int rank, boolean wide) {
      this.us = us;
      this.v = v;
      this.rows = rows;
      this.rank = rank;
      this.wide = wide;
      double[] norms = columnNorms();
      this.order =
          IntStream.range(0, rank)
              .boxed()
              .sorted(Comparator.comparingDouble(i -> -norms[i]))
              .mapToInt(i -> i)
              .toArray();
      double[] descending = IntStream.of(order).mapToDouble(i -> norms[i]).toArray();
      this.spectrum = new Spectrum(descending);
      this.root = IntStream.range(0, rank).mapToDouble(i -> Math.sqrt(descending[i])).toArray();
    }

    private double[] columnNorms() {
      double[] norms = new double[rank];
      double[] row = new double[rank];
      for (int i = 0; i < rows; i++) {
        us.position((long) i * rank).get(row, 0, rank);
        for (int k = 0; k < rank; k++) {
          norms[k] += row[k] * row[k];
        }
      }
      us.position(0);
      return DoubleStream.of(norms).map(Math::sqrt).toArray();
    }

    @Override
    public Spectrum spectrum() {
      return spectrum;
    }

    @Override
    public Matrix left() {
      return wide ? tallRight().transposed() : tallLeft();
    }

    @Override
    public Matrix right() {
      return wide ? tallLeft().transposed() : tallRight();
    }

    private Matrix tallLeft() {
      return new View(
          rows, rank, (i, k) -> root[k] == 0 ? 0 : us.get((long) i * rank + order[k]) / root[k]);
    }

    private Matrix tallRight() {
      return new View(rank, rank, (k, j) -> root[k] * v.get((long) j * rank + order[k]));
    }

    @Override
    public void close() {
      us.close();
      v.close();
    }
  }

  private interface Elements {
    double at(int row, int column);
  }

  private record View(int rows, int columns, Elements elements) implements Matrix {
    @Override
    public double get(int row, int column) {
      return elements.at(row, column);
    }
  }
}
