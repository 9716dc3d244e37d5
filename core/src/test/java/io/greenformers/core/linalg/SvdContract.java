package io.greenformers.core.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every solver must do. */
abstract class SvdContract {
  /** Of ‖W‖: fp64 products of a few hundred terms. */
  private static final double RECONSTRUCTION = 1e-12;

  /** Of σ₁: half of fp64's digits, see {@link OpenBlasSvdSolver}. */
  private static final double SPECTRUM = 1e-7;

  private static final long SEED = 20_261_123;

  abstract SvdSolver solver();

  record Case(String name, Matrix matrix) {
    @Override
    public String toString() {
      return name + " (seed " + SEED + ")";
    }
  }

  static Stream<Case> cases() {
    Random random = new Random(SEED);
    return Stream.of(
        new Case("tall", gaussian(random, 70, 30)),
        new Case("wide", gaussian(random, 30, 70)),
        new Case("square", gaussian(random, 48, 48)),
        new Case("rank 1", product(gaussian(random, 40, 1), gaussian(random, 1, 25))),
        new Case("zero", Matrix.of(12, 9, new double[108])),
        new Case("one row", gaussian(random, 1, 33)),
        new Case("one column", gaussian(random, 33, 1)),
        new Case("one element", Matrix.of(1, 1, new float[] {-3})),
        new Case("ill-conditioned", illConditioned(random, 40, 1e12)),
        new Case("tiny values", scaled(gaussian(random, 20, 30), 1e-30)),
        new Case("huge values", scaled(gaussian(random, 20, 30), 1e30)),
        new Case("squares underflow", scaled(gaussian(random, 20, 30), 1e-200)),
        new Case("squares overflow", scaled(gaussian(random, 30, 20), 1e200)),
        new Case("many blocks of rows", gaussian(random, 2_500, 7)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void reconstructsAtFullRank(Case c) {
    try (Svd svd = solver().decompose(c.matrix())) {
      double error = distance(c.matrix(), product(svd.left(), svd.right()));
      assertThat(error).isLessThanOrEqualTo(RECONSTRUCTION * norm(c.matrix()));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void hasTheSingularValuesOfTheOracle(Case c) {
    try (Svd svd = solver().decompose(c.matrix());
        Svd oracle = new EjmlSvdSolver().decompose(c.matrix())) {
      double tolerance = SPECTRUM * oracle.spectrum().value(0);
      assertThat(svd.spectrum().size())
          .isEqualTo(Math.min(c.matrix().rows(), c.matrix().columns()));
      for (int i = 0; i < svd.spectrum().size(); i++) {
        assertThat(svd.spectrum().value(i))
            .as("σ at %d", i)
            .isEqualTo(oracle.spectrum().value(i), within(tolerance));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void truncatesWithTheErrorOfEckartAndYoung(Case c) {
    try (Svd svd = solver().decompose(c.matrix())) {
      int rank = Math.max(1, svd.spectrum().size() / 2);
      Matrix truncated = product(firstColumns(svd.left(), rank), firstRows(svd.right(), rank));
      assertThat(distance(c.matrix(), truncated))
          .isEqualTo(
              svd.spectrum().truncationError(rank), within(SPECTRUM * norm(c.matrix()) + 1e-300));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void balancesTheFactors(Case c) {
    try (Svd svd = solver().decompose(c.matrix())) {
      assertThat(norm(svd.left())).isEqualTo(norm(svd.right()), within(1e-6 * norm(svd.left())));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void dividesTheEnergyAmongTheRanks(Case c) {
    try (Svd svd = solver().decompose(c.matrix())) {
      Spectrum spectrum = svd.spectrum();
      int rank = Math.max(1, spectrum.size() / 2);
      double dropped = spectrum.truncationError(rank);
      double whole = spectrum.truncationError(0);
      double share = whole == 0 ? 0 : Math.pow(dropped / whole, 2);
      assertThat(spectrum.retainedEnergy(rank)).isEqualTo(1 - share, within(1e-12));
    }
  }

  @Test
  void refusesElementsThatAreNotFinite() {
    Matrix matrix = Matrix.of(2, 2, new float[] {1, 2, Float.NaN, 4});
    assertThatThrownBy(() -> solver().decompose(matrix))
        .isInstanceOf(DecompositionException.class)
        .hasMessageContaining("NaN at row 1, column 0");
  }

  private static Matrix gaussian(Random random, int rows, int columns) {
    double[] values = new double[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian();
    }
    return Matrix.of(rows, columns, values);
  }

  private static Matrix illConditioned(Random random, int size, double condition) {
    Matrix left = gaussian(random, size, size);
    Matrix right = gaussian(random, size, size);
    double[] scaled = new double[size * size];
    for (int i = 0; i < size; i++) {
      for (int k = 0; k < size; k++) {
        scaled[i * size + k] = left.get(i, k) * Math.pow(condition, -k / (size - 1.0));
      }
    }
    return product(Matrix.of(size, size, scaled), right);
  }

  private static Matrix scaled(Matrix matrix, double factor) {
    double[] values = new double[matrix.rows() * matrix.columns()];
    for (int i = 0; i < values.length; i++) {
      values[i] = factor * matrix.get(i / matrix.columns(), i % matrix.columns());
    }
    return Matrix.of(matrix.rows(), matrix.columns(), values);
  }

  private static Matrix firstColumns(Matrix matrix, int columns) {
    return firstRows(matrix.transposed(), columns).transposed();
  }

  private static Matrix firstRows(Matrix matrix, int rows) {
    double[] values = new double[rows * matrix.columns()];
    for (int i = 0; i < values.length; i++) {
      values[i] = matrix.get(i / matrix.columns(), i % matrix.columns());
    }
    return Matrix.of(rows, matrix.columns(), values);
  }

  /** The naive product. */
  private static Matrix product(Matrix a, Matrix b) {
    double[] values = new double[a.rows() * b.columns()];
    for (int i = 0; i < a.rows(); i++) {
      for (int j = 0; j < b.columns(); j++) {
        for (int k = 0; k < a.columns(); k++) {
          values[i * b.columns() + j] += a.get(i, k) * b.get(k, j);
        }
      }
    }
    return Matrix.of(a.rows(), b.columns(), values);
  }

  private static double norm(Matrix a) {
    return distance(a, Matrix.of(a.rows(), a.columns(), new double[a.rows() * a.columns()]));
  }

  private static double distance(Matrix a, Matrix b) {
    double sum = 0;
    for (int i = 0; i < a.rows(); i++) {
      for (int j = 0; j < a.columns(); j++) {
        sum = Math.hypot(sum, a.get(i, j) - b.get(i, j));
      }
    }
    return sum;
  }
}
