package io.greenformers.core.linalg;

import java.util.stream.IntStream;

/**
 * The last step of a decomposition: the spectrum, and factors scaled so that for each rank the
 * column of the left one and the row of the right one have the same norm.
 */
final class Balance {
  private final TallSide t;
  private final Metric metric;
  private final double scale;

  /**
   * Prepares.
   *
   * @param scale what A was divided by
   */
  Balance(TallSide t, Metric metric, double scale) {
    this.t = t;
    this.metric = metric;
    this.scale = scale;
  }

  /**
   * Balances factors.
   *
   * @param big left [m, p] where A is tall, else right [p, m]; becomes the result's
   * @param small [p, n], the right one, or the left one as rows; becomes the result's
   * @param energies σ² of all ranks, ascending, rounded
   */
  Svd of(NativeMatrix big, NativeMatrix small, double[] energies) {
    int rank = small.rows();
    double[] norms = t.tall() ? columnNorms(big, false) : rowNorms(big);
    double[] sigma = sigma(big, norms, energies, rank);
    double[] smallNorms = rowNorms(small);
    double[] factors = new double[rank];
    for (int k = 0; k < rank; k++) {
      double norm = Math.sqrt(scale * norms[k] * smallNorms[k]);
      factors[k] = norms[k] == 0 ? 0 : norm / norms[k];
      small.scaleRow(k, smallNorms[k] == 0 ? 0 : norm / smallNorms[k]);
    }
    scaleRanks(big, factors);
    Spectrum spectrum = Spectrum.leading(rest(energies, rank), sigma);
    return t.tall()
        ? new NativeSvd(spectrum, big, small)
        : new NativeSvd(spectrum, small.transposed(), big);
  }

  /** From the factors where they tell: more exact than the square root of an eigenvalue. */
  private double[] sigma(NativeMatrix big, double[] norms, double[] energies, int rank) {
    double[] sigma =
        switch (metric) {
          case Metric.Dense dense when t.tall() ->
              IntStream.range(0, rank)
                  .mapToDouble(k -> Math.sqrt(Math.max(0, energies[energies.length - 1 - k])))
                  .toArray();
          case Metric.Diagonal diagonal when t.tall() -> columnNorms(big, true);
          case Metric.Dense dense -> norms.clone();
          case Metric.Diagonal diagonal -> norms.clone();
          case Metric.Identity identity -> norms.clone();
        };
    for (int k = 0; k < rank; k++) {
      // the order is that of the eigenvalues; rounding may disturb it among the smallest
      sigma[k] = Math.min(unit() * sigma[k], k == 0 ? Double.MAX_VALUE : sigma[k - 1]);
    }
    return sigma;
  }

  private double rest(double[] energies, int rank) {
    double sum = 0;
    for (int i = 0; i < energies.length - rank; i++) {
      sum += Math.max(0, energies[i]);
    }
    return unit() * Math.sqrt(sum);
  }

  private double unit() {
    return scale * Math.sqrt(metric.scale());
  }

  private static double[] rowNorms(NativeMatrix matrix) {
    return IntStream.range(0, matrix.rows()).mapToDouble(matrix::rowNorm).toArray();
  }

  private double[] columnNorms(NativeMatrix matrix, boolean weighted) {
    double[] squares = new double[matrix.columns()];
    double[] row = new double[matrix.columns()];
    for (int i = 0; i < matrix.rows(); i++) {
      matrix.copy(i, 0, row.length, row, 0);
      double root = weighted && metric instanceof Metric.Diagonal diagonal ? diagonal.root(i) : 1;
      for (int k = 0; k < row.length; k++) {
        double value = root * row[k];
        squares[k] += value * value;
      }
    }
    return IntStream.range(0, squares.length).mapToDouble(k -> Math.sqrt(squares[k])).toArray();
  }

  private void scaleRanks(NativeMatrix big, double[] factors) {
    if (t.tall()) {
      big.scaleColumns(factors);
    } else {
      for (int k = 0; k < factors.length; k++) {
        big.scaleRow(k, factors[k]);
      }
    }
  }
}
