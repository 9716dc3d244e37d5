package io.greenformers.core.linalg;

import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The leading eigenvectors of a Gram matrix G [n, n] in fp32, by subspace iteration from a random
 * block (Halko, Martinsson and Tropp, Finding structure with randomness, SIAM Review 53, 2011,
 * algorithm 4.4) with Rayleigh–Ritz, accelerated by Chebyshev polynomials that stay small on the
 * unwanted eigenvalues [0, c] and grow above (Zhou, Saad, Tiago and Chelikowsky, Self-consistent
 * field calculations using Chebyshev-filtered subspace iteration, J. Comput. Phys. 219, 2006).
 *
 * <p>A block of a few more rows than wanted is filtered until what its leading r Ritz vectors xᵢ
 * miss is small. An eigenvalue exceeds its Ritz value θᵢ by about ‖G·xᵢ − θᵢxᵢ‖²/(θᵢ − θ of the
 * last row), and by no more than that residual itself; their sum is compared with the energy that
 * rank r drops, tr(G) − Σθ. Where that energy is lost in fp32's rounding of G, or the iteration
 * does not converge, there is no result, and the caller takes the exact way.
 */
final class LeadingSubspace {
  /** Of the dropped energy: raises the truncation error by 0.3 % at most. */
  private static final double MOST_MISSED = 0.006;

  /** Of tr(G): fp32's sums are exact to about 1e-6 of it, a thousandth of this. */
  private static final double LEAST_DROPPED = 1e-3;

  /** c, of the block's last eigenvalue: the block need not hold all that is above. */
  private static final double CUT = 0.8;

  /** How far a polynomial may raise the largest eigenvector over the rest, which fp32 must hold. */
  private static final double MOST_GROWTH = 1e6;

  private static final int MOST_DEGREE = 4;
  private static final int MOST_ROUNDS = 4;
  private static final long SEED = 0x5eed;

  private final FloatMatrix gram;
  private final double trace;
  private final int rank;

  /**
   * Prepares.
   *
   * @param gram its lower triangle is read
   * @param trace of it, more exact than fp32
   * @param rank r, at least 1 and well below n
   */
  LeadingSubspace(FloatMatrix gram, double trace, int rank) {
    this.gram = gram;
    this.trace = trace;
    this.rank = rank;
  }

  /**
   * What was found.
   *
   * @param vectors [r, n], orthonormal rows; the caller closes it
   * @param spectrum √θ, and the root of the dropped energy
   */
  record Found(FloatMatrix vectors, Spectrum spectrum) {}

  Optional<Found> find() {
    double[] estimate = SpectralQuantile.of(gram, blockRows());
    double cut = CUT * estimate[0];
    FloatMatrix x = signs();
    try {
      for (int round = 0; round < MOST_ROUNDS && cut > 0; round++) {
        FloatMatrix filtered = filter(x, cut, degree(estimate[1] / cut));
        x.close();
        x = filtered;
        if (!x.orthonormalize()) {
          return Optional.empty();
        }
        try (FloatMatrix y = x.timesSymmetric(gram);
            FloatMatrix ritz = y.timesTransposed(x)) {
          Optional<float[]> values = ritz.becomeEigenvectors();
          if (values.isEmpty() || dropped(values.get()) < LEAST_DROPPED * trace) {
            return Optional.empty();
          }
          if (missed(ritz, y, values.get()) <= MOST_MISSED * dropped(values.get())) {
            return Optional.of(found(ritz, x, values.get()));
          }
          cut = CUT * values.get()[0];
          FloatMatrix rotated = ritz.firstRowsTimes(ritz.rows(), x);
          x.close();
          x = rotated;
        }
      }
      return Optional.empty();
    } finally {
      x.close();
    }
  }

  private int blockRows() {
    return rank + Math.max(16, rank / 8);
  }

  private FloatMatrix signs() {
    int n = gram.rows();
    SplittableRandom random = new SplittableRandom(SEED);
    FloatMatrix signs = new FloatMatrix(blockRows(), n);
    float[] row = new float[n];
    for (int k = 0; k < signs.rows(); k++) {
      long bits = 0;
      for (int j = 0; j < n; j++) {
        bits = j % Long.SIZE == 0 ? random.nextLong() : bits >>> 1;
        row[j] = (bits & 1) * 2 - 1;
      }
      signs.setRow(k, row, 0);
    }
    return signs;
  }

  /** T_d(x) is about (2x)^d/2 for the x = 2λ/c − 1 of the largest λ. */
  private static int degree(double largest) {
    double x = 2 * largest - 1;
    int degree = 1;
    while (degree < MOST_DEGREE && Math.pow(2 * x, degree + 1) / 2 <= MOST_GROWTH) {
      degree++;
    }
    return degree;
  }

  /** T_d(2G/c − I)·X by T_{k+1}(x) = 2x·T_k(x) − T_{k−1}(x). */
  private FloatMatrix filter(FloatMatrix x, double cut, int degree) {
    FloatMatrix before = new FloatMatrix(x.rows(), x.columns());
    before.become(x);
    FloatMatrix last = new FloatMatrix(x.rows(), x.columns());
    last.become(x);
    last.becomeTimesSymmetric(2 / cut, x, gram, -1);
    for (int k = 1; k < degree; k++) {
      before.add(2, last);
      before.becomeTimesSymmetric(4 / cut, last, gram, -1);
      FloatMatrix next = before;
      before = last;
      last = next;
    }
    before.close();
    return last;
  }

  /** tr(G) − Σθ over the r largest of ascending θ. */
  private double dropped(float[] values) {
    double kept = 0;
    for (int k = 1; k <= rank; k++) {
      kept += values[values.length - k];
    }
    return trace - kept;
  }

  /** About Σλ − Σθ. */
  private double missed(FloatMatrix ritz, FloatMatrix y, float[] values) {
    float[] row = new float[y.columns()];
    double missed = 0;
    try (FloatMatrix rotated = ritz.firstRowsTimes(ritz.rows(), y)) {
      for (int k = 1; k <= rank; k++) {
        double value = values[values.length - k];
        rotated.copy(values.length - k, 0, row.length, row, 0);
        double squares = -value * value;
        for (float element : row) {
          squares += (double) element * element;
        }
        double residual = Math.max(0, squares);
        double gap = Math.max(value - values[0], Float.MIN_NORMAL);
        missed += Math.min(Math.sqrt(residual), residual / gap);
      }
    }
    return missed;
  }

  private Found found(FloatMatrix ritz, FloatMatrix x, float[] values) {
    double[] sigma = new double[rank];
    for (int k = 0; k < rank; k++) {
      sigma[k] = Math.sqrt(values[values.length - 1 - k]);
    }
    Spectrum spectrum = Spectrum.leading(Math.sqrt(dropped(values)), sigma);
    try (FloatMatrix leading = ritz.lastRows(rank)) {
      return new Found(leading.firstRowsTimes(rank, x), spectrum);
    }
  }
}
