package io.greenformers.core.linalg;

/**
 * The singular values of a matrix, descending: σ₁ ≥ σ₂ ≥ … ≥ 0; all of them, or the leading ones
 * and the norm of the rest. Of a weighted decomposition, they are those of the weighted matrix.
 * Immutable.
 */
public final class Spectrum {
  private final double[] values;

  /** √Σσ² from an index on; hypot neither overflows nor underflows. */
  private final double[] tails;

  /**
   * All singular values of a matrix.
   *
   * @param descending not negative; copied
   */
  public Spectrum(double... descending) {
    this(0, descending);
  }

  private Spectrum(double rest, double[] descending) {
    this.values = descending.clone();
    this.tails = new double[values.length + 1];
    if (!(rest >= 0)) {
      throw new IllegalArgumentException("expected a norm of at least 0, found " + rest);
    }
    for (int i = 0; i < values.length; i++) {
      if (!(values[i] >= 0) || (i > 0 && values[i] > values[i - 1])) {
        throw new IllegalArgumentException(
            "expected descending singular values, found %s at %d".formatted(values[i], i));
      }
    }
    tails[values.length] = rest;
    for (int i = values.length - 1; i >= 0; i--) {
      tails[i] = Math.hypot(tails[i + 1], values[i]);
    }
  }

  /**
   * The leading singular values of a matrix.
   *
   * @param rest √Σσ² of those that are left out
   * @param descending not negative; copied
   */
  public static Spectrum leading(double rest, double... descending) {
    return new Spectrum(rest, descending);
  }

  /** How many singular values are known; the full rank, unless the spectrum is only leading. */
  public int size() {
    return values.length;
  }

  /** σ at an index from 0, below {@link #size}. */
  public double value(int index) {
    return values[index];
  }

  /** ‖W‖ in the Frobenius norm: √Σσ² of all, known or not. */
  public double norm() {
    return truncationError(0);
  }

  /**
   * Σσ²kept/Σσ² at rank r, in [0, 1]; 1 where all are zero. Beyond {@link #size} it is that of the
   * largest known rank: a lower bound.
   */
  public double retainedEnergy(int rank) {
    double norm = norm();
    if (norm == 0) {
      return 1;
    }
    double dropped = truncationError(rank) / norm;
    return 1 - dropped * dropped;
  }

  /** The least rank, at least 1 and at most {@link #size}, that retains this share. */
  public int rankForEnergy(double retained) {
    int rank = 1;
    while (rank < values.length && retainedEnergy(rank) < retained) {
      rank++;
    }
    return rank;
  }

  /**
   * ‖W − W_r‖ in the Frobenius norm: √Σσ² of what rank r drops (Eckart–Young). Beyond {@link #size}
   * it is that of the largest known rank: an upper bound.
   */
  public double truncationError(int rank) {
    return tails[Math.min(rank, values.length)];
  }
}
