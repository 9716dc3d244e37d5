package io.greenformers.core.linalg;

/** The singular values of a matrix, descending: σ₁ ≥ σ₂ ≥ … ≥ 0. Immutable. */
public final class Spectrum {
  private final double[] values;
  private final double[] energy;

  /**
   * Wraps singular values.
   *
   * @param descending not negative; copied
   */
  public Spectrum(double... descending) {
    values = descending.clone();
    energy = new double[values.length + 1];
    for (int i = 0; i < values.length; i++) {
      if (!(values[i] >= 0) || (i > 0 && values[i] > values[i - 1])) {
        throw new IllegalArgumentException(
            "expected descending singular values, found %s at %d".formatted(values[i], i));
      }
      // relative to σ₁: squares of fp64 values may overflow or underflow
      double relative = values[i] == 0 ? 0 : values[i] / values[0];
      energy[i + 1] = energy[i] + relative * relative;
    }
  }

  /** How many singular values there are: the full rank. */
  public int size() {
    return values.length;
  }

  /** σ at an index from 0. */
  public double value(int index) {
    return values[index];
  }

  /** Σσ²kept/Σσ² at rank r, in [0, 1]; 1 where all are zero. */
  public double retainedEnergy(int rank) {
    double total = energy[values.length];
    return total == 0 ? 1 : energy[Math.min(rank, values.length)] / total;
  }

  /** The least rank, at least 1, that retains this share of the energy. */
  public int rankForEnergy(double retained) {
    int rank = 1;
    while (rank < values.length && retainedEnergy(rank) < retained) {
      rank++;
    }
    return rank;
  }

  /** ‖W − W_r‖ in the Frobenius norm: √Σσ² of what rank r drops (Eckart–Young). */
  public double truncationError(int rank) {
    if (rank >= values.length || values[rank] == 0) {
      return 0;
    }
    double largest = values[rank];
    double sum = 0;
    for (int i = rank; i < values.length; i++) {
      double relative = values[i] / largest;
      sum += relative * relative;
    }
    return largest * Math.sqrt(sum);
  }
}
