package io.greenformers.core.linalg;

import io.greenformers.core.linalg.InputWeighting.Covariance;
import io.greenformers.core.linalg.InputWeighting.None;
import io.greenformers.core.linalg.InputWeighting.Rows;

/**
 * A weighting as solvers use it: C/scale, shrunk and ridged, with a mean diagonal of 1, so that
 * neither tiny nor huge inputs lose precision.
 */
sealed interface Metric {
  /** ‖·‖ in the weighted norm is √scale times the norm by this metric. */
  double scale();

  /** C = I. */
  record Identity() implements Metric {
    @Override
    public double scale() {
      return 1;
    }
  }

  /** C = diag(w), all w above 0. */
  final class Diagonal implements Metric {
    private final double scale;
    private final double[] roots;

    private Diagonal(double scale, double[] roots) {
      this.scale = scale;
      this.roots = roots;
    }

    @Override
    public double scale() {
      return scale;
    }

    /** √w of a row. */
    double root(int row) {
      return roots[row];
    }
  }

  /**
   * C = (1−λ)·covariance/scale + ridge·I.
   *
   * @param covariance not scaled yet
   * @param scale tr/n of the covariance
   * @param ridge λ, or the least one
   */
  record Dense(Covariance covariance, double scale, double ridge) implements Metric {
    double at(int i, int j) {
      double value = (1 - covariance.shrinkage()) * covariance.at(i, j) / scale;
      return i == j ? value + ridge : value;
    }
  }

  /**
   * The metric of a weighting.
   *
   * @param size in, the rows of A
   */
  static Metric of(InputWeighting weighting, int size) {
    return switch (weighting) {
      case None none -> new Identity();
      case Rows rows -> diagonal(rows, size);
      case Covariance covariance -> dense(covariance, size);
    };
  }

  private static Metric diagonal(Rows rows, int size) {
    requireSize(size, rows.size());
    double largest = 0;
    for (int i = 0; i < size; i++) {
      largest = Math.max(largest, rows.weight(i));
    }
    if (largest == 0) {
      return new Identity();
    }
    double mean = 0;
    for (int i = 0; i < size; i++) {
      mean += rows.weight(i) / largest / size;
    }
    double[] roots = new double[size];
    for (int i = 0; i < size; i++) {
      roots[i] = Math.sqrt(rows.weight(i) / largest / mean + InputWeighting.LEAST_RIDGE);
    }
    return new Diagonal(largest * mean, roots);
  }

  private static Metric dense(Covariance covariance, int size) {
    requireSize(size, covariance.moments().size());
    double mean = 0;
    for (int i = 0; i < size; i++) {
      mean += covariance.at(i, i) / size;
    }
    return mean > 0
        ? new Dense(covariance, mean, Math.max(covariance.shrinkage(), InputWeighting.LEAST_RIDGE))
        : new Identity();
  }

  private static void requireSize(int expected, int found) {
    if (expected != found) {
      throw new IllegalArgumentException(
          "expected a weighting of %d rows, found %d".formatted(expected, found));
    }
  }
}
