package io.greenformers.core.rewrite;

import io.greenformers.core.linalg.DecompositionException;
import io.greenformers.core.linalg.Matrix;
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
 * factor in the wrong place, orientation or type shows. Only vectors are kept on the heap.
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

  /**
   * Factors of W, or of Wᵀ where {@link Site#allTransposed} holds; rank min(m, n).
   *
   * @throws DecompositionException if W holds NaN or infinite values
   */
  public Factors of(Site site) {
    Matrix matrix = StoredMatrix.of(site, weights);
    boolean wide = matrix.rows() < matrix.columns();
    Matrix tall = wide ? matrix.transposed() : matrix;
    Reflections q = new Reflections(tall.columns());
    Matrix product = q.times(tall);
    return wide
        ? new Factors(append(site, q), append(site, product.transposed()))
        : new Factors(append(site, product), append(site, q.transposed()));
  }

  private TensorProto append(Site site, Matrix matrix) {
    int columns = matrix.columns();
    return weights.append(
        "factor",
        site.type(),
        List.of((long) matrix.rows(), (long) columns),
        i -> matrix.get((int) (i / columns), (int) (i % columns)));
  }

  /** A matrix whose elements are computed as they are asked for. */
  private record Computed(int rows, int columns, Elements elements) implements Matrix {
    interface Elements {
      double at(int row, int column);
    }

    @Override
    public double get(int row, int column) {
      return elements.at(row, column);
    }
  }

  /** Q [n, n] = H₁·H₂ = I − 2·v₁v₁ᵀ − 2·bv₂ᵀ with b = H₁·v₂. */
  private static final class Reflections implements Matrix {
    private final double[] first;
    private final double[] second;
    private final double[] bent;

    Reflections(int n) {
      first = unit(n, 1);
      second = unit(n, 2);
      double dot = 0;
      for (int i = 0; i < n; i++) {
        dot += first[i] * second[i];
      }
      bent = second.clone();
      for (int i = 0; i < n; i++) {
        bent[i] -= 2 * dot * first[i];
      }
    }

    @Override
    public int rows() {
      return first.length;
    }

    @Override
    public int columns() {
      return first.length;
    }

    @Override
    public double get(int row, int column) {
      double reflected = first[row] * first[column] + bent[row] * second[column];
      return (row == column ? 1 : 0) - 2 * reflected;
    }

    /** A·Q [m, n] = A − 2·(A·v₁)·v₁ᵀ − 2·(A·b)·v₂ᵀ. */
    Matrix times(Matrix a) {
      double[] alongFirst = new double[a.rows()];
      double[] alongBent = new double[a.rows()];
      for (int i = 0; i < a.rows(); i++) {
        for (int j = 0; j < first.length; j++) {
          double element = a.get(i, j);
          if (!Double.isFinite(element)) {
            throw DecompositionException.notFinite(element, i, j);
          }
          alongFirst[i] += element * first[j];
          alongBent[i] += element * bent[j];
        }
      }
      return new Computed(
          a.rows(),
          a.columns(),
          (i, j) -> a.get(i, j) - 2 * (alongFirst[i] * first[j] + alongBent[i] * second[j]));
    }

    private static double[] unit(int n, long seed) {
      Random random = new Random(seed);
      double[] v = random.doubles(n, -1, 1).toArray();
      double norm = 0;
      for (double element : v) {
        norm = Math.hypot(norm, element);
      }
      for (int i = 0; i < n; i++) {
        v[i] /= norm;
      }
      return v;
    }
  }
}
