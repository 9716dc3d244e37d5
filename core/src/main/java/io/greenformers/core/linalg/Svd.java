package io.greenformers.core.linalg;

/**
 * A singular value decomposition at full rank p = min(m, n), as balanced factors: W = left·right
 * with left = U·√Σ and right = √Σ·Vᵀ, so that neither overflows in half precision.
 *
 * <p>The first r columns of {@code left} and rows of {@code right} are the best factors of rank r
 * in the Frobenius norm (Eckart–Young). Holds native memory until closed.
 */
public interface Svd extends AutoCloseable {
  Spectrum spectrum();

  /** [m, p]; not readable after {@link #close}. */
  Matrix left();

  /** [p, n]; not readable after {@link #close}. */
  Matrix right();

  @Override
  void close();
}
