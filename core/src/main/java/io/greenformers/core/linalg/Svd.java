package io.greenformers.core.linalg;

/**
 * A decomposition of A [in, out] into factors, nested: for every r ≤ p, the first r columns of
 * {@code left} and rows of {@code right} are the best factors of rank r in the norm they were
 * computed for (Eckart–Young), and all of A if r = min(in, out).
 *
 * <p>The factors are balanced, in the plain case left = U·√Σ and right = √Σ·Vᵀ: column k of left
 * and row k of right have the same norm, so that neither overflows in half precision. Holds native
 * memory until closed.
 */
public interface Svd extends AutoCloseable {
  /** Of the weighted matrix; leading where p < min(in, out). */
  Spectrum spectrum();

  /** [in, p]; not readable after {@link #close}. */
  Matrix left();

  /** [p, out]; not readable after {@link #close}. */
  Matrix right();

  @Override
  void close();
}
