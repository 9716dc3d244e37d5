package io.greenformers.core.linalg;

/** Factors in native fp64 memory. */
record NativeSvd(Spectrum spectrum, Matrix left, Matrix right) implements Svd {
  @Override
  public void close() {
    close(left);
    close(right);
  }

  private static void close(Matrix matrix) {
    switch (matrix) {
      case NativeMatrix memory -> memory.close();
      case Transposed(NativeMatrix memory) -> memory.close();
      default -> throw new IllegalStateException("not in native memory: " + matrix);
    }
  }
}
