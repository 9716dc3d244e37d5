package io.greenformers.core.linalg;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * W/scale = (U·Σ)·Vᵀ in native memory, in any order of σ. Scales and orders on reading: column k of
 * U·Σ by 1/√σ, row k of Vᵀ by √σ.
 */
final class GramSvd implements Svd {
  private final NativeDoubles us;
  private final NativeDoubles vt;
  private final int rows;
  private final int rank;
  private final boolean wide;
  private final int[] order;
  private final double[] leftFactor;
  private final double[] rightFactor;
  private final Spectrum spectrum;

  /**
   * Takes ownership of both memories.
   *
   * @param us U·Σ [rows, rank], row-major
   * @param vt Vᵀ [rank, rank], row-major
   * @param wide whether this is the decomposition of Wᵀ
   */
  GramSvd(NativeDoubles us, NativeDoubles vt, int rows, int rank, boolean wide, double scale) {
    this.us = us;
    this.vt = vt;
    this.rows = rows;
    this.rank = rank;
    this.wide = wide;
    double[] norms = columnNorms();
    order =
        IntStream.range(0, rank)
            .boxed()
            .sorted(Comparator.comparingDouble(k -> -norms[k]))
            .mapToInt(k -> k)
            .toArray();
    double[] descending = IntStream.of(order).mapToDouble(k -> norms[k]).toArray();
    spectrum = new Spectrum(Arrays.stream(descending).map(s -> scale * s).toArray());
    double root = Math.sqrt(scale);
    leftFactor = Arrays.stream(descending).map(s -> s == 0 ? 0 : root / Math.sqrt(s)).toArray();
    rightFactor = Arrays.stream(descending).map(s -> root * Math.sqrt(s)).toArray();
  }

  private double[] columnNorms() {
    double[] squares = new double[rank];
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < rank; k++) {
        double value = us.get((long) i * rank + k);
        squares[k] += value * value;
      }
    }
    return Arrays.stream(squares).map(Math::sqrt).toArray();
  }

  @Override
  public Spectrum spectrum() {
    return spectrum;
  }

  @Override
  public Matrix left() {
    return wide ? tallRight().transposed() : tallLeft();
  }

  @Override
  public Matrix right() {
    return wide ? tallLeft().transposed() : tallRight();
  }

  private Matrix tallLeft() {
    return new View(rows, rank, (i, k) -> leftFactor[k] * us.get((long) i * rank + order[k]));
  }

  private Matrix tallRight() {
    return new View(rank, rank, (k, j) -> rightFactor[k] * vt.get((long) order[k] * rank + j));
  }

  @Override
  public void close() {
    us.close();
    vt.close();
  }

  private interface Elements {
    double at(int row, int column);
  }

  private record View(int rows, int columns, Elements elements) implements Matrix {
    @Override
    public double get(int row, int column) {
      return elements.at(row, column);
    }
  }
}
