package io.greenformers.core.linalg;

import static io.greenformers.core.linalg.Matrices.distance;
import static io.greenformers.core.linalg.Matrices.gaussian;
import static io.greenformers.core.linalg.Matrices.norm;
import static io.greenformers.core.linalg.Matrices.product;
import static io.greenformers.core.linalg.Matrices.scaled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.greenformers.core.linalg.FixedRankSolver.FixedRank;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FixedRankSolverTest {
  private static final long SEED = 5;
  private static final int ITERATIONS = 500;

  /** Of ‖A‖: multiplicative updates creep towards an exact fit. */
  private static final double EXACT_FIT = 0.03;

  private static Matrix positive(Random random, int rows, int columns) {
    return Matrix.of(
        rows,
        columns,
        IntStream.range(0, rows * columns).mapToDouble(i -> random.nextDouble()).toArray());
  }

  private static double error(Matrix a, FixedRank found) {
    return distance(a, product(found.left(), found.right())) / norm(a);
  }

  private static boolean isNonNegative(Matrix matrix) {
    return IntStream.range(0, matrix.rows() * matrix.columns())
        .allMatch(i -> matrix.get(i / matrix.columns(), i % matrix.columns()) >= 0);
  }

  @ParameterizedTest
  @CsvSource({"30, 12, 1", "12, 30, 1e-30", "20, 20, 1e30"})
  void nmfFindsTheFactorsOfANonNegativeProduct(int rows, int columns, double scale) {
    Random random = new Random(SEED);
    Matrix a = scaled(product(positive(random, rows, 3), positive(random, 3, columns)), scale);
    FixedRank found = FixedRankSolver.nonNegative(ITERATIONS, SEED).solve(a, 3);
    assertThat(isNonNegative(found.left())).isTrue();
    assertThat(isNonNegative(found.right())).isTrue();
    assertThat(error(a, found)).isLessThan(EXACT_FIT);
    assertThat(norm(found.left()))
        .isEqualTo(norm(found.right()), within(1e-9 * norm(found.left())));
  }

  @ParameterizedTest
  @CsvSource({"30, 12, 1", "12, 30, 1e-30", "20, 20, 1e30"})
  void snmfFindsTheFactorsOfAMixedProduct(int rows, int columns, double scale) {
    Random random = new Random(SEED);
    Matrix a = scaled(product(gaussian(random, rows, 3), positive(random, 3, columns)), scale);
    FixedRank found = FixedRankSolver.semiNonNegative(ITERATIONS, SEED).solve(a, 3);
    assertThat(isNonNegative(found.right())).isTrue();
    assertThat(error(a, found)).isLessThan(EXACT_FIT);
  }

  /** The oracle: no factors beat Eckart and Young's, and an update never makes it worse. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void improvesWithEveryUpdateButNeverBeyondTheOptimum(boolean semi) {
    Matrix a = positive(new Random(SEED), 25, 18);
    double before = Double.MAX_VALUE;
    try (Svd svd = new EjmlSvdSolver().decompose(a)) {
      double optimum = svd.spectrum().truncationError(5) / norm(a);
      for (int iterations : new int[] {1, 2, 5, 20, 100}) {
        FixedRankSolver solver =
            semi
                ? FixedRankSolver.semiNonNegative(iterations, SEED)
                : FixedRankSolver.nonNegative(iterations, SEED);
        double error = error(a, solver.solve(a, 5));
        assertThat(error).isBetween(optimum, before);
        before = error;
      }
    }
  }

  @Test
  void nmfRefusesNegativeElementsByName() {
    Matrix a = Matrix.of(2, 2, new double[] {1, 2, 3, -4});
    assertThatThrownBy(() -> FixedRankSolver.nonNegative(1, SEED).solve(a, 1))
        .isInstanceOf(DecompositionException.class)
        .hasMessageContaining("found -4.0 at row 1, column 1; use snmf");
  }

  @Test
  void zerosStayZeros() {
    Matrix zero = Matrix.of(6, 4, new double[24]);
    for (FixedRankSolver solver :
        new FixedRankSolver[] {
          FixedRankSolver.nonNegative(3, SEED),
          FixedRankSolver.semiNonNegative(3, SEED),
          FixedRankSolver.random(SEED)
        }) {
      FixedRank found = solver.solve(zero, 2);
      assertThat(norm(product(found.left(), found.right()))).isZero();
    }
  }

  @Test
  void randomFactorsHaveTheVarianceOfTheMatrix() {
    Matrix a = scaled(gaussian(new Random(SEED), 200, 100), 1e-3);
    FixedRank found = FixedRankSolver.random(SEED).solve(a, 16);
    Matrix product = product(found.left(), found.right());
    assertThat(norm(product) / norm(a)).isBetween(0.9, 1.1);
    assertThat(distance(product, a)).isGreaterThan(norm(a));
  }

  @Test
  void isTheSameEveryTime() {
    Matrix a = positive(new Random(SEED), 9, 7);
    for (FixedRankSolver solver :
        new FixedRankSolver[] {
          FixedRankSolver.nonNegative(3, SEED),
          FixedRankSolver.semiNonNegative(3, SEED),
          FixedRankSolver.random(SEED)
        }) {
      assertThat(distance(solver.solve(a, 2).left(), solver.solve(a, 2).left())).isZero();
    }
  }
}
