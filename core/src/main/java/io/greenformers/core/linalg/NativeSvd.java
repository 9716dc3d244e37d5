package io.greenformers.core.linalg;

/** Factors in native memory. */
record NativeSvd(Spectrum spectrum, Matrix left, Matrix right) implements Svd {
  @Override
  public void close() {
    close(left);
    close(right);
  }

  private static void close(Matrix matrix) {
    if (matrix instanceof Transposed(Matrix stored)) {
      close(stored);
    } else if (matrix instanceof NativeMatrix memory) {
      memory.close();
    } else if (matrix instanceof FloatMatrix memory) {
      memory.close();
    }
  }
}
