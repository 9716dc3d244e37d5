package io.greenformers.core.linalg;

/**
 * What must be added to the outputs of factors so that the mean output is that of the whole matrix:
 * δ = μᵀ(A − L·R) [out], with μ the mean of the inputs. With it, the error that is left is that of
 * the centered outputs.
 */
public final class MeanCorrection {
  private MeanCorrection() {}

  /**
   * Computes δ.
   *
   * @param matrix A [in, out]
   * @param left L [in, r]
   * @param right R [r, out]
   * @param moments of the inputs [in]
   * @return δ [out]
   */
  public static double[] of(Matrix matrix, Matrix left, Matrix right, Moments moments) {
    double[] means = new double[moments.size()];
    for (int i = 0; i < means.length; i++) {
      means[i] = moments.mean(i);
    }
    double[] correction = times(means, matrix);
    double[] low = times(times(means, left), right);
    for (int j = 0; j < correction.length; j++) {
      correction[j] -= low[j];
    }
    return correction;
  }

  /** xᵀ·M. */
  private static double[] times(double[] x, Matrix matrix) {
    if (x.length != matrix.rows()) {
      throw new IllegalArgumentException(
          "expected %d rows, found %d".formatted(x.length, matrix.rows()));
    }
    double[] product = new double[matrix.columns()];
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < product.length; j++) {
        product[j] += x[i] * matrix.get(i, j);
      }
    }
    return product;
  }
}
