package io.greenformers.core.rewrite;

import io.greenformers.core.linalg.Matrix;
import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.Tensors;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.site.Site;
import java.util.List;
import java.util.Random;

/**
 * Factors of full rank that cost next to nothing: W = (W·Q)·Qᵀ, or Q·(Qᵀ·W) where W is wide, with
 * an orthogonal Q = H₁·H₂ of two Householder reflections H = I − 2·vvᵀ (Golub and Van Loan, Matrix
 * Computations, 4th ed., 5.1.2).
 *
 * <p>They prove a rewrite before anything is decomposed: Q is neither sparse nor symmetric, so a
 * factor in the wrong place, orientation or type shows.
 */
public final class ExactFactors {
  private final WeightStore weights;

  /**
   * Prepares to make factors.
   *
   * @param weights of the model whose sites will be given; factors are appended to it
   */
  public ExactFactors(WeightStore weights) {
    this.weights = weights;
  }

  /** Factors of W, or of Wᵀ where {@link Site#allTransposed} holds; rank min(m, n). */
  public Factors of(Site site) {
    Matrix stored = stored(site);
    Matrix matrix = site.allTransposed() ? stored.transposed() : stored;
    boolean wide = matrix.rows() < matrix.columns();
    Matrix tall = wide ? matrix.transposed() : matrix;
    int n = tall.columns();
    Matrix product = reflected(reflected(tall, unit(n, 1)), unit(n, 2));
    // (H₁·H₂)ᵀ = H₂·H₁
    Matrix transpose = reflected(reflected(identity(n), unit(n, 2)), unit(n, 1));
    return wide
        ? new Factors(append(site, transpose.transposed()), append(site, product.transposed()))
        : new Factors(append(site, product), append(site, transpose));
  }

  /** A [m, n]·H = A − 2·(A·v)·vᵀ. */
  private static Matrix reflected(Matrix a, double[] v) {
    int n = v.length;
    double[] elements = new double[Math.multiplyExact(a.rows(), n)];
    for (int i = 0; i < a.rows(); i++) {
      double product = 0;
      for (int j = 0; j < n; j++) {
        product += a.get(i, j) * v[j];
      }
      for (int j = 0; j < n; j++) {
        elements[i * n + j] = a.get(i, j) - 2 * product * v[j];
      }
    }
    return Matrix.of(a.rows(), n, elements);
  }

  private static double[] unit(int n, long seed) {
    Random random = new Random(seed);
    double[] v = new double[n];
    double squares = 0;
    for (int i = 0; i < n; i++) {
      v[i] = random.nextGaussian();
      squares += v[i] * v[i];
    }
    for (int i = 0; i < n; i++) {
      v[i] /= Math.sqrt(squares);
    }
    return v;
  }

  private static Matrix identity(int n) {
    double[] elements = new double[Math.multiplyExact(n, n)];
    for (int i = 0; i < n; i++) {
      elements[i * n + i] = 1;
    }
    return Matrix.of(n, n, elements);
  }

  private TensorProto append(Site site, Matrix matrix) {
    int columns = matrix.columns();
    return weights.append(
        "factor",
        site.type(),
        List.of((long) matrix.rows(), (long) columns),
        i -> matrix.get((int) (i / columns), (int) (i % columns)));
  }

  private Matrix stored(Site site) {
    return Tensors.type(site.tensor()) == DataType.DOUBLE
        ? Matrix.of(site.rows(), site.columns(), weights.doubles(site.tensor()))
        : Matrix.of(site.rows(), site.columns(), weights.floats(site.tensor()));
  }
}
