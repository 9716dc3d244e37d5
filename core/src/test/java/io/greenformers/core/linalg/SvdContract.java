package io.greenformers.core.linalg;

import static io.greenformers.core.linalg.Matrices.distance;
import static io.greenformers.core.linalg.Matrices.gaussian;
import static io.greenformers.core.linalg.Matrices.illConditioned;
import static io.greenformers.core.linalg.Matrices.norm;
import static io.greenformers.core.linalg.Matrices.product;
import static io.greenformers.core.linalg.Matrices.scaled;
import static io.greenformers.core.linalg.Matrices.truncated;
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
        new Case("ill-conditioned", illConditioned(random, 40, 40, 1e12)),
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
      assertThat(distance(c.matrix(), truncated(svd, rank)))
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
}
