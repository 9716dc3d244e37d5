package io.greenformers.core.linalg;

/** Row-major floats on the heap. */
final class FloatRows implements Matrix {
  private final int rows;
  private final int columns;
  private final float[] elements;

  FloatRows(int rows, int columns, float[] elements) {
    this.rows = rows;
    this.columns = columns;
    this.elements = elements;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public int columns() {
    return columns;
  }

  @Override
  public double get(int row, int column) {
    return elements[row * columns + column];
  }

  @Override
  public void copy(int row, int column, int count, float[] to, int index) {
    System.arraycopy(elements, row * columns + column, to, index, count);
  }

  @Override
  public boolean fitsFloat() {
    return true;
  }
}
