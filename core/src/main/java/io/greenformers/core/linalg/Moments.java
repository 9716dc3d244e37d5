package io.greenformers.core.linalg;

import java.nio.FloatBuffer;

/**
 * Statistics of the inputs x [n] of a site: how many there were, their sum Σx and the sum of their
 * products Σxxᵀ, in fp64.
 *
 * <p>Holds 8·n² bytes of native memory until closed. Adding is not thread-safe; reading is.
 */
public final class Moments implements AutoCloseable {
  private final int size;
  private final double[] sum;
  private final NativeDoubles products;
  private double count;

  /**
   * Statistics of no inputs yet.
   *
   * @param size n, at least 1
   */
  public Moments(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("expected a size of at least 1, found " + size);
    }
    this.size = size;
    this.sum = new double[size];
    this.products = new NativeDoubles((long) size * size);
  }

  /**
   * Adds the statistics of more inputs.
   *
   * @param inputs how many, not negative
   * @param sums Σx [n], from the buffer's position, which stays
   * @param squares Σxxᵀ [n, n] row-major, from the buffer's position, which stays
   * @throws DecompositionException if an element is NaN or infinite; nothing was added then
   */
  public void add(double inputs, FloatBuffer sums, FloatBuffer squares) {
    requireCount(inputs);
    requireElements("sums", size, sums.remaining());
    requireElements("products", (long) size * size, squares.remaining());
    float[] row = new float[size];
    requireFinite(sums, squares, row);
    sums.get(sums.position(), row);
    for (int i = 0; i < size; i++) {
      sum[i] += row[i];
    }
    for (int i = 0; i < size; i++) {
      squares.get(squares.position() + i * size, row);
      products.add((long) i * size, row);
    }
    count += inputs;
  }

  /** n. */
  public int size() {
    return size;
  }

  /** How many inputs were added. */
  public double count() {
    return count;
  }

  /** μᵢ = E[xᵢ]; 0 where there were no inputs. */
  public double mean(int i) {
    return count == 0 ? 0 : sum[i] / count;
  }

  /** E[xᵢxⱼ], not centered; 0 where there were no inputs. */
  public double second(int i, int j) {
    return count == 0 ? 0 : products.get((long) i * size + j) / count;
  }

  /** Frees the memory; again does nothing. */
  @Override
  public void close() {
    products.close();
  }

  private void requireFinite(FloatBuffer sums, FloatBuffer squares, float[] row) {
    sums.get(sums.position(), row);
    requireFinite(row, -1);
    for (int i = 0; i < size; i++) {
      squares.get(squares.position() + i * size, row);
      requireFinite(row, i);
    }
  }

  private static void requireFinite(float[] row, int i) {
    for (int j = 0; j < row.length; j++) {
      if (!Float.isFinite(row[j])) {
        throw new DecompositionException(
            "expected finite statistics, found %s in the %s; do the inputs overflow?"
                .formatted(
                    row[j],
                    i < 0 ? "sum of input " + j : "products of inputs %d, %d".formatted(i, j)));
      }
    }
  }

  private static void requireCount(double inputs) {
    if (!(inputs >= 0) || Double.isInfinite(inputs)) {
      throw new IllegalArgumentException("expected a finite number of inputs, found " + inputs);
    }
  }

  private static void requireElements(String what, long expected, long found) {
    if (expected != found) {
      throw new IllegalArgumentException(
          "expected %d %s, found %d".formatted(expected, what, found));
    }
  }
}
