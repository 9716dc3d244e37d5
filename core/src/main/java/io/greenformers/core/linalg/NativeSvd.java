package io.greenformers.core.linalg;

/**
 * Balanced factors in native memory, one row of each per rank.
 *
 * @param leftRows leftᵀ [p, in]
 * @param right [p, out]
 */
record NativeSvd(Spectrum spectrum, NativeMatrix leftRows, NativeMatrix right) implements Svd {
  @Override
  public Matrix left() {
    return leftRows.transposed();
  }

  @Override
  public void close() {
    leftRows.close();
    right.close();
  }
}
