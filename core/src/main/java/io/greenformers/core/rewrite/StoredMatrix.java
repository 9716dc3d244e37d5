package io.greenformers.core.rewrite;

import io.greenformers.core.linalg.Matrix;
import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.ElementReader;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.site.Site;
import java.lang.foreign.MemorySegment;

/** A tensor seen as a row-major matrix; nothing is copied. */
record StoredMatrix(int rows, int columns, ElementReader elements) implements Matrix {
  /** The matrix of a site that is factorized: W, or Wᵀ where all of its uses work with that. */
  static Matrix of(Site site, WeightStore weights) {
    Matrix stored = new StoredMatrix(site.rows(), site.columns(), weights.elements(site.tensor()));
    return site.allTransposed() ? stored.transposed() : stored;
  }

  @Override
  public double get(int row, int column) {
    return elements.get(index(row, column));
  }

  @Override
  public void copy(int row, int column, int count, float[] to, int index) {
    elements.copy(index(row, column), count, to, index);
  }

  @Override
  public void copy(int row, int column, int count, double[] to, int index) {
    elements.copy(index(row, column), count, to, index);
  }

  @Override
  public void copy(int row, int column, int count, MemorySegment to, long index) {
    elements.copy(index(row, column), count, to, index);
  }

  @Override
  public boolean fitsFloat() {
    return elements.type() != DataType.DOUBLE;
  }

  private long index(int row, int column) {
    return (long) row * columns + column;
  }
}
