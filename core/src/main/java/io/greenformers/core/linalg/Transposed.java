package io.greenformers.core.linalg;

record Transposed(Matrix of) implements Matrix {
  @Override
  public int rows() {
    return of.columns();
  }

  @Override
  public int columns() {
    return of.rows();
  }

  @Override
  public double get(int row, int column) {
    return of.get(column, row);
  }

  @Override
  public Matrix transposed() {
    return of;
  }
}
