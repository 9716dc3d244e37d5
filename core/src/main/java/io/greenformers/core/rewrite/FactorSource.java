package io.greenformers.core.rewrite;

import io.greenformers.core.linalg.FixedRankSolver;
import io.greenformers.core.linalg.InputWeighting;
import io.greenformers.core.linalg.InputWeighting.None;
import io.greenformers.core.linalg.Matrix;
import io.greenformers.core.linalg.MeanCorrection;
import io.greenformers.core.linalg.Moments;
import io.greenformers.core.linalg.Spectrum;
import io.greenformers.core.linalg.Svd;
import io.greenformers.core.linalg.SvdSolver;
import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.Site.Use;
import java.util.Arrays;
import java.util.List;

/**
 * Makes factors of weights, one weight at a time; what it makes lies in the weight store, not on
 * the heap. Safe for several threads at once.
 *
 * <p>A site's uses compute y = x·A, where A [in, out] is W or Wᵀ: see {@link #inputsAreRows}.
 */
public final class FactorSource {
  private final WeightStore weights;
  private final SvdSolver solver;

  /**
   * Prepares to factorize.
   *
   * @param weights of the model whose sites will be given; factors are appended to it
   */
  public FactorSource(WeightStore weights, SvdSolver solver) {
    this.weights = weights;
    this.solver = solver;
  }

  /**
   * A weight as factors of the highest rank that was asked for.
   *
   * @param factors of W, or of Wᵀ where {@link Site#allTransposed} holds
   */
  public record FullRank(Spectrum spectrum, Factors factors) {}

  /** Decomposes a site's weight at full rank in the plain Frobenius norm. */
  public FullRank decompose(Site site) {
    return decompose(site, new None(), Integer.MAX_VALUE);
  }

  /** Decomposes a site's weight for the inputs of its first use. */
  public FullRank decompose(Site site, InputWeighting weighting, int mostRank) {
    return decompose(site, site.uses().getFirst(), weighting, mostRank);
  }

  /**
   * Decomposes a site's weight.
   *
   * @param use whose inputs the weighting is of, [in]
   * @param mostRank how many ranks are wanted; more than the full rank means all
   * @throws io.greenformers.core.linalg.DecompositionException if it holds NaN or infinite values
   */
  public FullRank decompose(Site site, Use use, InputWeighting weighting, int mostRank) {
    Matrix matrix = matrix(site);
    boolean rows = inputsAreRows(site, use);
    try (Svd svd = solver.decompose(rows ? matrix : matrix.transposed(), weighting, mostRank)) {
      Matrix left = rows ? svd.left() : svd.right().transposed();
      Matrix right = rows ? svd.right() : svd.left().transposed();
      return new FullRank(svd.spectrum(), append(site, left, right, left.columns()));
    } finally {
      weights.release(site.tensor());
    }
  }

  /** 1 − ‖W − L·R‖²/‖W‖² in the Frobenius norm, at least 0; 1 of a zero matrix. */
  public double retainedEnergy(Site site, Factors factors) {
    Matrix matrix = matrix(site);
    Matrix left = matrix(factors.left());
    Matrix right = matrix(factors.right());
    double total = 0;
    double lost = 0;
    double[] row = new double[matrix.columns()];
    for (int i = 0; i < matrix.rows(); i++) {
      Arrays.fill(row, 0);
      for (int k = 0; k < left.columns(); k++) {
        double scale = left.get(i, k);
        for (int j = 0; j < row.length; j++) {
          row[j] += scale * right.get(k, j);
        }
      }
      for (int j = 0; j < row.length; j++) {
        double element = matrix.get(i, j);
        total += element * element;
        lost += (element - row[j]) * (element - row[j]);
      }
    }
    return total == 0 ? 1 : Math.max(0, 1 - lost / total);
  }

  /**
   * The singular values of a site's weight, without factors.
   *
   * @param mostRank how many are wanted
   */
  public Spectrum spectrum(Site site, int mostRank) {
    try (Svd svd = solver.decompose(matrix(site), new None(), mostRank)) {
      return svd.spectrum();
    }
  }

  /** The leading part of the factors: the best ones of this rank. */
  public Factors truncate(Site site, FullRank full, int rank) {
    if (rank == full.factors().rank()) {
      return full.factors();
    }
    TensorProto left = full.factors().left();
    TensorProto right = full.factors().right();
    Factors leading = append(site, matrix(left), matrix(right), rank);
    weights.release(left);
    weights.release(right);
    return leading;
  }

  /** What truncation of these factors takes from the mean output of the site's first use. */
  public MeanShift meanShift(Site site, Factors factors, Moments moments) {
    double[] rest = meanLoss(site, site.uses().getFirst(), factors, moments);
    return new MeanShift(site, factors, moments, rest, weights);
  }

  /**
   * Factors of one rank by a solver whose factors are not nested, of A or Aᵀ as the inputs of the
   * first use meet it.
   *
   * @throws io.greenformers.core.linalg.DecompositionException if the solver cannot represent it
   */
  public Factors solve(Site site, FixedRankSolver fixed, int rank) {
    boolean rows = inputsAreRows(site, site.uses().getFirst());
    Matrix matrix = matrix(site);
    FixedRankSolver.FixedRank found = fixed.solve(rows ? matrix : matrix.transposed(), rank);
    return rows
        ? append(site, found.left(), found.right(), rank)
        : append(site, found.right().transposed(), found.left().transposed(), rank);
  }

  /**
   * What must be added to the outputs of a use so that their mean stays: δ = μᵀ(A − L·R) [out],
   * computed from the factors as they are stored, rounding included.
   */
  private double[] meanLoss(Site site, Use use, Factors factors, Moments moments) {
    Matrix left = matrix(factors.left());
    Matrix right = matrix(factors.right());
    double[] loss =
        inputsAreRows(site, use)
            ? MeanCorrection.of(matrix(site), left, right, moments)
            : MeanCorrection.of(
                matrix(site).transposed(), right.transposed(), left.transposed(), moments);
    weights.release(site.tensor());
    weights.release(factors.left());
    weights.release(factors.right());
    return loss;
  }

  /**
   * Whether the inputs of a use meet the rows of the matrix that is factorized, and not its
   * columns: whether that matrix is A [in, out], and not Aᵀ. The inputs of a {@code Gather} are its
   * rows' numbers, one-hot; those of a convolution are its windows [I·k…].
   */
  public static boolean inputsAreRows(Site site, Use use) {
    boolean upright = use.transposed() == site.allTransposed();
    return switch (use.role()) {
      case MATMUL_RIGHT, GEMM_RIGHT, GATHER, ATTENTION, EMBED_NORM -> upright;
      case MATMUL_LEFT, GEMM_LEFT, CONV -> !upright;
    };
  }

  /** in: how many inputs a use has. */
  public static int inputs(Site site, Use use) {
    boolean rows = inputsAreRows(site, use) != site.allTransposed();
    return rows ? site.rows() : site.columns();
  }

  /**
   * About how much native memory a decomposition takes at its peak, for {@link SiteWorkers}.
   *
   * @param weighting as it will be given
   * @param mostRank as it will be given
   */
  public static long workingBytes(Site site, InputWeighting weighting, int mostRank) {
    long n = site.fullRank();
    long m = Math.max(site.rows(), site.columns());
    long p = Math.min(n, mostRank);
    long plain = Double.BYTES * (4 * n * n + n * p + m * p);
    return weighting instanceof InputWeighting.Covariance
        ? plain + Double.BYTES * (m * m + 2 * m * n)
        : plain;
  }

  private Factors append(Site site, Matrix left, Matrix right, int rank) {
    return new Factors(
        append(site.type(), left, left.rows(), rank),
        append(site.type(), right, rank, right.columns()));
  }

  private TensorProto append(DataType type, Matrix matrix, int rows, int columns) {
    List<Long> dims = List.of((long) rows, (long) columns);
    return type == DataType.DOUBLE
        ? weights.append(
            "factor", type, dims, i -> matrix.get((int) (i / columns), (int) (i % columns)))
        : weights.append(
            "factor", type, dims, (first, count, to) -> copy(matrix, columns, first, count, to));
  }

  /** From the leading columns of a matrix, in row-major order. */
  private static void copy(Matrix matrix, int columns, long first, int count, float[] to) {
    for (int done = 0; done < count; ) {
      int column = (int) ((first + done) % columns);
      int part = Math.min(columns - column, count - done);
      matrix.copy((int) ((first + done) / columns), column, part, to, done);
      done += part;
    }
  }

  /** The matrix that is factorized: W, or Wᵀ. */
  private Matrix matrix(Site site) {
    return StoredMatrix.of(site, weights);
  }

  private Matrix matrix(TensorProto factor) {
    return new StoredMatrix(
        Math.toIntExact(factor.getDims(0)),
        Math.toIntExact(factor.getDims(1)),
        weights.elements(factor));
  }
}
