package io.greenformers.core.linalg;

import static org.bytedeco.openblas.global.openblas.CblasLeft;
import static org.bytedeco.openblas.global.openblas.CblasLower;
import static org.bytedeco.openblas.global.openblas.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas.CblasNonUnit;
import static org.bytedeco.openblas.global.openblas.CblasRight;
import static org.bytedeco.openblas.global.openblas.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas.CblasTrans;
import static org.bytedeco.openblas.global.openblas.LAPACKE_dpotrf;
import static org.bytedeco.openblas.global.openblas.LAPACK_ROW_MAJOR;
import static org.bytedeco.openblas.global.openblas.cblas_dtrmm;
import static org.bytedeco.openblas.global.openblas.cblas_dtrsm;

import java.util.stream.IntStream;

/** S with C = S·Sᵀ, for the C of a metric. */
sealed interface Root extends AutoCloseable {
  /** Replaces A [in, out] by Sᵀ·A. */
  void weigh(NativeMatrix a);

  /** Replaces X [p, in] by X·Sᵀ. */
  void reweigh(NativeMatrix x);

  /** Replaces X [p, in] by X·S⁻¹. */
  void unweigh(NativeMatrix x);

  @Override
  void close();

  static Root of(Metric metric, int size) {
    return switch (metric) {
      case Metric.Identity identity -> new Identity();
      case Metric.Diagonal diagonal -> new Diagonal(diagonal);
      case Metric.Dense dense -> of(dense, size);
    };
  }

  private static Root of(Metric.Dense metric, int size) {
    NativeMatrix c = lower(metric, size);
    int info = LAPACKE_dpotrf(LAPACK_ROW_MAJOR, (byte) 'L', size, c.pointer(), size);
    if (info == 0) {
      return new Lower(c);
    }
    c.close();
    return Symmetric.of(metric, size);
  }

  /** The lower triangle of C. */
  static NativeMatrix lower(Metric.Dense metric, int size) {
    NativeMatrix c = new NativeMatrix(size, size);
    for (int i = 0; i < size; i++) {
      for (int j = 0; j <= i; j++) {
        c.set(i, j, metric.at(i, j));
      }
    }
    return c;
  }

  /** S = I. */
  record Identity() implements Root {
    @Override
    public void weigh(NativeMatrix a) {
      // A as it is
    }

    @Override
    public void reweigh(NativeMatrix x) {
      // X as it is
    }

    @Override
    public void unweigh(NativeMatrix x) {
      // X as it is
    }

    @Override
    public void close() {
      // holds nothing
    }
  }

  /** S = diag(√w). */
  record Diagonal(Metric.Diagonal metric) implements Root {
    @Override
    public void weigh(NativeMatrix a) {
      for (int i = 0; i < a.rows(); i++) {
        a.scaleRow(i, metric.root(i));
      }
    }

    @Override
    public void reweigh(NativeMatrix x) {
      x.scaleColumns(IntStream.range(0, x.columns()).mapToDouble(metric::root).toArray());
    }

    @Override
    public void unweigh(NativeMatrix x) {
      x.scaleColumns(
          IntStream.range(0, x.columns()).mapToDouble(i -> 1 / metric.root(i)).toArray());
    }

    @Override
    public void close() {
      // heap memory only
    }
  }

  /** The Cholesky factor. */
  record Lower(NativeMatrix s) implements Root {
    @Override
    public void weigh(NativeMatrix a) {
      cblas_dtrmm(
          CblasRowMajor,
          CblasLeft,
          CblasLower,
          CblasTrans,
          CblasNonUnit,
          a.rows(),
          a.columns(),
          1,
          s.pointer(),
          s.columns(),
          a.pointer(),
          a.columns());
    }

    @Override
    public void reweigh(NativeMatrix x) {
      cblas_dtrmm(
          CblasRowMajor,
          CblasRight,
          CblasLower,
          CblasTrans,
          CblasNonUnit,
          x.rows(),
          x.columns(),
          1,
          s.pointer(),
          s.columns(),
          x.pointer(),
          x.columns());
    }

    @Override
    public void unweigh(NativeMatrix x) {
      cblas_dtrsm(
          CblasRowMajor,
          CblasRight,
          CblasLower,
          CblasNoTrans,
          CblasNonUnit,
          x.rows(),
          x.columns(),
          1,
          s.pointer(),
          s.columns(),
          x.pointer(),
          x.columns());
    }

    @Override
    public void close() {
      s.close();
    }
  }

  /** S = Q·√Λ·Qᵀ with the eigenvalues Λ raised to the ridge: where rounding defeats Cholesky. */
  final class Symmetric implements Root {
    private final NativeMatrix eigenvectors;
    private final double[] roots;

    private Symmetric(NativeMatrix eigenvectors, double[] roots) {
      this.eigenvectors = eigenvectors;
      this.roots = roots;
    }

    static Symmetric of(Metric.Dense metric, int size) {
      NativeMatrix q = lower(metric, size);
      try {
        double[] values = q.becomeEigenvectors();
        double[] roots = new double[size];
        for (int i = 0; i < size; i++) {
          roots[i] = Math.sqrt(Math.max(values[i], metric.ridge()));
        }
        return new Symmetric(q, roots);
      } catch (Throwable e) {
        q.close();
        throw e;
      }
    }

    @Override
    public void weigh(NativeMatrix a) {
      try (NativeMatrix rotated = eigenvectors.times(a)) {
        scaleRows(rotated, false);
        try (NativeMatrix weighed = eigenvectors.transposedTimes(rotated)) {
          a.become(weighed);
        }
      }
    }

    @Override
    public void reweigh(NativeMatrix x) {
      rescale(x, false);
    }

    @Override
    public void unweigh(NativeMatrix x) {
      rescale(x, true);
    }

    private void rescale(NativeMatrix x, boolean inverse) {
      try (NativeMatrix rotated = eigenvectors.timesTransposed(x)) {
        scaleRows(rotated, inverse);
        try (NativeMatrix rescaled = rotated.transposedTimes(eigenvectors)) {
          x.become(rescaled);
        }
      }
    }

    private void scaleRows(NativeMatrix rotated, boolean inverse) {
      for (int i = 0; i < roots.length; i++) {
        rotated.scaleRow(i, inverse ? 1 / roots[i] : roots[i]);
      }
    }

    @Override
    public void close() {
      eigenvectors.close();
    }
  }
}
