package io.greenformers.core.linalg;

import java.util.function.IntToDoubleFunction;

record RowMajor(int rows, int columns, IntToDoubleFunction elements) implements Matrix {
  @Override
  public double get(int row, int column) {
    return elements.applyAsDouble(row * columns + column);
  }
}
