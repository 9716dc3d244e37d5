package io.greenformers.engine.rewrite;

import java.util.Random;

/** Weight matrices [m, n], row-major, of every awkward kind. */
enum Weights {
  WIDE(6, 20),
  TALL(20, 6),
  SQUARE(12, 12),
  RANK_ONE(10, 14) {
    @Override
    double at(int row, int column, Random random) {
      return (row + 1) * (column - 3.5) * 0.05;
    }
  },
  ZERO(9, 9) {
    @Override
    double at(int row, int column, Random random) {
      return 0;
    }
  },
  /** Columns scaled from 1 to 1e-6. */
  ILL_CONDITIONED(12, 12) {
    @Override
    double at(int row, int column, Random random) {
      return random.nextGaussian() * Math.pow(10, -column / 2.0);
    }
  };

  private final int rows;
  private final int columns;

  Weights(int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
  }

  int rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  double at(int row, int column, Random random) {
    return random.nextGaussian();
  }

  double[] elements() {
    Random random = new Random(31L * rows + columns);
    double[] values = new double[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = at(i / columns, i % columns, random);
    }
    return values;
  }
}
