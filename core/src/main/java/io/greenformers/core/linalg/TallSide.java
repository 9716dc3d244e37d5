package io.greenformers.core.linalg;

/**
 * A matrix A [in, out] seen from its longer side: T [m, n], m ≥ n, is A or Aᵀ. Read in blocks of
 * rows of T, each as it lies in memory, so that reading is copying.
 *
 * @param stored the matrix as it is stored: A or Aᵀ
 * @param tall whether T is A, and not Aᵀ
 * @param byRows whether rows of T are rows of what is stored, and not its columns
 */
record TallSide(Matrix stored, boolean tall, boolean byRows) {
  /** Bytes of fp32 in a block: enough for matrix products, few enough for a cache. */
  private static final int BLOCK_BYTES = 4 << 20;

  static TallSide of(Matrix matrix) {
    boolean tall = matrix.columns() <= matrix.rows();
    return matrix instanceof Transposed(Matrix stored)
        ? new TallSide(stored, tall, !tall)
        : new TallSide(matrix, tall, tall);
  }

  int m() {
    return Math.max(stored.rows(), stored.columns());
  }

  int n() {
    return Math.min(stored.rows(), stored.columns());
  }

  boolean isFloat() {
    return stored.fitsFloat();
  }

  /** Rows of T in a block. */
  int blockRows() {
    return Math.clamp(BLOCK_BYTES / Float.BYTES / n(), 64, Math.max(64, m()));
  }

  /**
   * Copies a block, [count, n] where {@link #byRows}, else [n, count].
   *
   * @param first row of T
   */
  void read(int first, int count, double[] to) {
    if (byRows) {
      for (int i = 0; i < count; i++) {
        stored.copy(first + i, 0, n(), to, i * n());
      }
    } else {
      for (int i = 0; i < n(); i++) {
        stored.copy(i, first, count, to, i * count);
      }
    }
  }

  /** The same in fp32. */
  void read(int first, int count, NativeFloats to) {
    if (byRows) {
      for (int i = 0; i < count; i++) {
        stored.copy(first + i, 0, n(), to.memory(), (long) i * n());
      }
    } else {
      for (int i = 0; i < n(); i++) {
        stored.copy(i, first, count, to.memory(), (long) i * count);
      }
    }
  }
}
