package io.greenformers.core.linalg;

import java.util.Random;

/** Small matrices, and naive arithmetic on them. */
final class Matrices {
  private Matrices() {}

  static Matrix gaussian(Random random, int rows, int columns) {
    double[] values = new double[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian();
    }
    return Matrix.of(rows, columns, values);
  }

  /** Singular values that fall from about 1 to about 1/condition. */
  static Matrix illConditioned(Random random, int rows, int columns, double condition) {
    int p = Math.min(rows, columns);
    double[] scaled = new double[rows * p];
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < p; k++) {
        scaled[i * p + k] = random.nextGaussian() * Math.pow(condition, -k / Math.max(1, p - 1.0));
      }
    }
    return product(Matrix.of(rows, p, scaled), gaussian(random, p, columns));
  }

  static Matrix scaled(Matrix matrix, double factor) {
    double[] values = new double[matrix.rows() * matrix.columns()];
    for (int i = 0; i < values.length; i++) {
      values[i] = factor * matrix.get(i / matrix.columns(), i % matrix.columns());
    }
    return Matrix.of(matrix.rows(), matrix.columns(), values);
  }

  /** Rounded to fp32, as weights are stored. */
  static Matrix floats(Matrix matrix) {
    float[] values = new float[matrix.rows() * matrix.columns()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) matrix.get(i / matrix.columns(), i % matrix.columns());
    }
    return Matrix.of(matrix.rows(), matrix.columns(), values);
  }

  static Matrix firstColumns(Matrix matrix, int columns) {
    return firstRows(matrix.transposed(), columns).transposed();
  }

  static Matrix firstRows(Matrix matrix, int rows) {
    double[] values = new double[rows * matrix.columns()];
    for (int i = 0; i < values.length; i++) {
      values[i] = matrix.get(i / matrix.columns(), i % matrix.columns());
    }
    return Matrix.of(rows, matrix.columns(), values);
  }

  /** left·right at a rank. */
  static Matrix truncated(Svd svd, int rank) {
    return product(firstColumns(svd.left(), rank), firstRows(svd.right(), rank));
  }

  /** The naive product. */
  static Matrix product(Matrix a, Matrix b) {
    double[] values = new double[a.rows() * b.columns()];
    for (int i = 0; i < a.rows(); i++) {
      for (int k = 0; k < a.columns(); k++) {
        double factor = a.get(i, k);
        for (int j = 0; j < b.columns(); j++) {
          values[i * b.columns() + j] += factor * b.get(k, j);
        }
      }
    }
    return Matrix.of(a.rows(), b.columns(), values);
  }

  static Matrix difference(Matrix a, Matrix b) {
    double[] values = new double[a.rows() * a.columns()];
    for (int i = 0; i < values.length; i++) {
      int row = i / a.columns();
      int column = i % a.columns();
      values[i] = a.get(row, column) - b.get(row, column);
    }
    return Matrix.of(a.rows(), a.columns(), values);
  }

  static double norm(Matrix a) {
    double norm = 0;
    for (int i = 0; i < a.rows(); i++) {
      for (int j = 0; j < a.columns(); j++) {
        norm = Math.hypot(norm, a.get(i, j));
      }
    }
    return norm;
  }

  static double distance(Matrix a, Matrix b) {
    return norm(difference(a, b));
  }
}
