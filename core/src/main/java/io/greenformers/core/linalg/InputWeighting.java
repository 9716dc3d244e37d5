package io.greenformers.core.linalg;

/**
 * Which errors of A [in, out] matter, when inputs x go through it as y = x·A: the factors minimise
 * tr((A − LR)ᵀ·C·(A − LR)) for a C [in, in] of these inputs. Immutable, if the moments are.
 *
 * <p>What C does not see is not thrown away for nothing: solvers add at least {@link #LEAST_RIDGE}
 * of its mean diagonal to the diagonal, so that ranks beyond its own reduce the plain error. A C of
 * zeros says nothing and weighs like {@link None}.
 */
public sealed interface InputWeighting {
  /** Of tr(C)/n: above the rounding of products that were summed in fp32. */
  double LEAST_RIDGE = 1e-6;

  /** Every error alike, C = I: the plain Frobenius norm. */
  record None() implements InputWeighting {}

  /**
   * C = diag(w): how often each row of an embedding table is used; or the gradient statistics of
   * each row (FWSVD: Hsu et al., Language model compression with weighted low-rank factorization,
   * ICLR 2022: w = the row sums of the Fisher information).
   */
  final class Rows implements InputWeighting {
    private final double[] weights;

    /**
     * Weighs rows.
     *
     * @param weights [in], finite, not negative; copied
     */
    public Rows(double[] weights) {
      this.weights = weights.clone();
      for (int i = 0; i < weights.length; i++) {
        if (!(weights[i] >= 0) || Double.isInfinite(weights[i])) {
          throw new IllegalArgumentException(
              "expected finite weights of at least 0, found %s of row %d".formatted(weights[i], i));
        }
      }
    }

    /** in. */
    public int size() {
      return weights.length;
    }

    /** w of a row. */
    public double weight(int row) {
      return weights[row];
    }
  }

  /**
   * C = E[xxᵀ], or cov(x) where centered, shrunk towards its mean diagonal: (1−λ)·C + λ·tr(C)/n·I.
   * The factors then minimise the error of the outputs; centered, the error after the mean output
   * has been restored by a bias (AFM: Yu and Wu, Compressing Transformers: features are low-rank,
   * but weights are not!, AAAI 2023).
   *
   * @param moments of the inputs; stay open as long as this is used
   * @param centered whether the mean of the outputs will be restored, see {@link MeanCorrection}
   * @param shrinkage λ in [0, 1]
   */
  record Covariance(Moments moments, boolean centered, double shrinkage) implements InputWeighting {
    public Covariance {
      if (!(shrinkage >= 0 && shrinkage <= 1)) {
        throw new IllegalArgumentException("expected a shrinkage in [0, 1], found " + shrinkage);
      }
    }

    /**
     * With the shrinkage that approximates the oracle's for Gaussian inputs (OAS: Chen, Wiesel,
     * Eldar and Hero, Shrinkage algorithms for MMSE covariance estimation, IEEE TSP 2010, eq. 23):
     * near 1 for a few inputs, near 0 for many.
     */
    public static Covariance of(Moments moments, boolean centered) {
      return new Covariance(moments, centered, Shrinkage.oracleApproximating(moments, centered));
    }

    /** C before shrinkage, at i, j. */
    double at(int i, int j) {
      double second = moments.second(i, j);
      return centered ? second - moments.mean(i) * moments.mean(j) : second;
    }
  }
}
