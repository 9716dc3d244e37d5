package io.greenformers.core.linalg;

import io.greenformers.core.CoreException;

/** A matrix cannot be decomposed. */
public final class DecompositionException extends CoreException {
  DecompositionException(String message) {
    super(message);
  }

  /** An element is NaN or infinite. */
  public static DecompositionException notFinite(double value, int row, int column) {
    return new DecompositionException(
        "expected finite elements, found %s at row %d, column %d".formatted(value, row, column));
  }
}
