package io.greenformers.core.linalg;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * Weighted SVD of A [in, out] by the eigenvectors of a Gram matrix of its smaller side, in fp64
 * (Golub and Van Loan, Matrix Computations, 4th ed., 8.6.3). With C = S·Sᵀ and B = Sᵀ·A:
 *
 * <ul>
 *   <li>out ≤ in: V of BᵀB = Aᵀ·C·A, left = A·V, right = Vᵀ. Needs neither S nor an inverse.
 *   <li>out &gt; in: U of B·Bᵀ, left = S⁻ᵀ·U, right = Uᵀ·B.
 * </ul>
 *
 * <p>V and U are orthogonal to working precision whatever the condition of A, so left·right is A to
 * rounding: at full rank nothing is lost (of wide A times the condition of S, at most
 * 1e-16·√(n/1e-9)). Squaring costs accuracy only in singular values below about 1e-8·σ₁, which the
 * weights of a model, fp32 at most, do not carry. A is scaled by a power of two, so that squares of
 * fp64 elements neither overflow nor underflow.
 *
 * <p>OpenBLAS runs on one thread, for the whole process. The eigenproblem is bound by memory, so a
 * second core gains little; and OpenBLAS threads spin at their barriers, so on a busy machine they
 * cost up to sixty times (768 x 768 on 2 shared cores: 0.1 s on one thread, 0.3 to 6.5 s on two).
 * One thread also makes results independent of the number of cores. Figures: SvdBenchmark.
 */
final class OpenBlasSvdSolver implements SvdSolver {

  OpenBlasSvdSolver() {
    Loader.load(openblas.class);
    openblas_nolapack.blas_set_num_threads(1);
  }

  @Override
  public Svd decompose(Matrix matrix, InputWeighting weighting, int mostRank) {
    Metric metric = Metric.of(weighting, matrix.rows());
    double scale = scale(matrix);
    try (NativeMatrix a = fill(matrix, 1 / scale)) {
      boolean tall = matrix.columns() <= matrix.rows();
      int rank = Math.min(mostRank, Math.min(matrix.rows(), matrix.columns()));
      return tall ? tall(a, metric, scale, rank) : wide(a, metric, scale, rank);
    }
  }

  private static Svd tall(NativeMatrix a, Metric metric, double scale, int rank) {
    try (NativeMatrix b = a.copy();
        Root root = Root.of(metric, a.rows())) {
      root.weigh(b);
      try (NativeMatrix vectors = b.gramOfColumns()) {
        vectors.becomeEigenvectors();
        NativeMatrix right = vectors.lastRows(vectors.rows());
        NativeMatrix left = right.timesTransposed(a);
        try (NativeMatrix weighed = right.timesTransposed(b)) {
          return svd(norms(weighed), left, right, metric, scale, rank);
        }
      }
    }
  }

  private static Svd wide(NativeMatrix a, Metric metric, double scale, int rank) {
    try (Root root = Root.of(metric, a.rows())) {
      root.weigh(a);
      try (NativeMatrix vectors = a.gramOfRows()) {
        vectors.becomeEigenvectors();
        NativeMatrix left = vectors.lastRows(vectors.rows());
        NativeMatrix right = left.times(a);
        root.unweigh(left);
        return svd(norms(right), left, right, metric, scale, rank);
      }
    }
  }

  private static double[] norms(NativeMatrix rows) {
    return IntStream.range(0, rows.rows()).mapToDouble(rows::rowNorm).toArray();
  }

  /** Sorts by σ, balances and truncates; takes ownership of the factors. */
  private static Svd svd(
      double[] sigma,
      NativeMatrix left,
      NativeMatrix right,
      Metric metric,
      double scale,
      int rank) {
    try (left;
        right) {
      int[] order =
          IntStream.range(0, sigma.length)
              .boxed()
              .sorted(Comparator.comparingDouble(k -> -sigma[k]))
              .mapToInt(k -> k)
              .toArray();
      double unit = scale * Math.sqrt(metric.scale());
      double[] descending = Arrays.stream(order).mapToDouble(k -> unit * sigma[k]).toArray();
      double rest = new Spectrum(descending).truncationError(rank);
      NativeMatrix leftRows = new NativeMatrix(rank, left.columns());
      NativeMatrix rightRows = new NativeMatrix(rank, right.columns());
      for (int k = 0; k < rank; k++) {
        double l = left.rowNorm(order[k]);
        double r = right.rowNorm(order[k]);
        double balance = l == 0 || r == 0 ? 0 : Math.sqrt(scale) * Math.sqrt(l * r);
        leftRows.copyRow(left, order[k], k, balance == 0 ? 0 : balance / l);
        rightRows.copyRow(right, order[k], k, balance == 0 ? 0 : balance / r);
      }
      return new NativeSvd(
          Spectrum.leading(rest, Arrays.copyOf(descending, rank)), leftRows, rightRows);
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

  private static NativeMatrix fill(Matrix matrix, double factor) {
    NativeMatrix a = new NativeMatrix(matrix.rows(), matrix.columns());
    for (int i = 0; i < matrix.rows(); i++) {
      for (int j = 0; j < matrix.columns(); j++) {
        a.set(i, j, factor * matrix.get(i, j));
      }
    }
    return a;
  }
}
