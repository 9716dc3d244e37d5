package io.greenformers.core.linalg;

/** How large the elements of a matrix are. */
final class Magnitude {
  private Magnitude() {}

  /**
   * A power of two near the largest magnitude; 1 for a zero matrix.
   *
   * @throws DecompositionException if an element is NaN or infinite, naming it
   */
  static double powerOfTwo(TallSide t) {
    double[] block = new double[t.blockRows() * t.n()];
    double largest = 0;
    for (int first = 0; first < t.m(); first += t.blockRows()) {
      int count = Math.min(t.blockRows(), t.m() - first);
      t.read(first, count, block);
      for (int i = 0; i < count * t.n(); i++) {
        double magnitude = Math.abs(block[i]);
        if (!(magnitude <= Double.MAX_VALUE)) {
          throw notFinite(t, first, count, i, block[i]);
        }
        largest = Math.max(largest, magnitude);
      }
    }
    // neither the scale nor its inverse may be subnormal
    int exponent = Math.clamp(Math.getExponent(largest), -1000, 1000);
    return largest == 0 ? 1 : Math.scalb(1.0, exponent);
  }

  private static DecompositionException notFinite(
      TallSide t, int first, int count, int index, double value) {
    int along = first + (t.byRows() ? index / t.n() : index % count);
    int across = t.byRows() ? index % t.n() : index / count;
    return t.tall()
        ? DecompositionException.notFinite(value, along, across)
        : DecompositionException.notFinite(value, across, along);
  }
}
