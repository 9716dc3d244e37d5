package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.ElementReader;
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
 *
 * <p>T·Q = T − 2·(T·v₁)·v₁ᵀ − 2·(T·H₁·v₂)·v₂ᵀ for T [t, n], n ≤ t, which is the weight or its
 * transpose: the heap holds a few vectors, whatever the weight's size.
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
    int t = Math.max(site.rows(), site.columns());
    int n = site.fullRank();
    boolean wide =
        site.allTransposed() ? site.columns() < site.rows() : site.rows() < site.columns();
    // T is the stored weight, or its transpose
    boolean upright = site.allTransposed() == wide;
    Reflections q = new Reflections(n);
    Entries product = q.times(weights.elements(site.tensor()), t, upright);
    Factors factors =
        wide
            ? new Factors(append(site, n, n, q), append(site, n, t, product.transposed()))
            : new Factors(append(site, t, n, product), append(site, n, n, q.transposed()));
    weights.release(site.tensor());
    return factors;
  }

  private TensorProto append(Site site, int rows, int columns, Entries entries) {
    return weights.append(
        "factor",
        site.type(),
        List.of((long) rows, (long) columns),
        i -> entries.at((int) (i / columns), (int) (i % columns)));
  }

  /** The entries of a matrix, made as they are asked for. */
  @FunctionalInterface
  private interface Entries {
    double at(int row, int column);

    default Entries transposed() {
      return (row, column) -> at(column, row);
    }
  }

  /** Q [n, n] = H₁·H₂. */
  private static final class Reflections implements Entries {
    private final double[] first;
    private final double[] second;

    /** v₂ − 2·(v₁·v₂)·v₁: Q = I − 2·v₁·v₁ᵀ − 2·bent·v₂ᵀ. */
    private final double[] bent;

    Reflections(int n) {
      first = unit(n, 1);
      second = unit(n, 2);
      double twice = 0;
      for (int i = 0; i < n; i++) {
        twice += 2 * first[i] * second[i];
      }
      bent = new double[n];
      for (int i = 0; i < n; i++) {
        bent[i] = second[i] - twice * first[i];
      }
    }

    @Override
    public double at(int row, int column) {
      double rest = first[row] * first[column] + bent[row] * second[column];
      return (row == column ? 1 : 0) - 2 * rest;
    }

    /**
     * T·Q.
     *
     * @param stored T [t, n], row-major, or Tᵀ where it is not upright
     */
    Entries times(ElementReader stored, int t, boolean upright) {
      int n = first.length;
      double[] p1 = new double[t];
      double[] p2 = new double[t];
      double[] line = new double[upright ? n : t];
      int lines = upright ? t : n;
      for (int k = 0; k < lines; k++) {
        stored.copy((long) k * line.length, line.length, line, 0);
        for (int l = 0; l < line.length; l++) {
          int i = upright ? k : l;
          int j = upright ? l : k;
          p1[i] += line[l] * first[j];
          p2[i] += line[l] * bent[j];
        }
      }
      return (i, j) ->
          stored.get(upright ? (long) i * n + j : (long) j * t + i)
              - 2 * (p1[i] * first[j] + p2[i] * second[j]);
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
  }
}
