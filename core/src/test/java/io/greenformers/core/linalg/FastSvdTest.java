package io.greenformers.core.linalg;

import static io.greenformers.core.linalg.Matrices.distance;
import static io.greenformers.core.linalg.Matrices.floats;
import static io.greenformers.core.linalg.Matrices.gaussian;
import static io.greenformers.core.linalg.Matrices.illConditioned;
import static io.greenformers.core.linalg.Matrices.norm;
import static io.greenformers.core.linalg.Matrices.product;
import static io.greenformers.core.linalg.Matrices.scaled;
import static io.greenformers.core.linalg.Matrices.truncated;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.greenformers.core.linalg.InputWeighting.None;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class FastSvdTest {
  private static final long SEED = 20_261_125;
  private static final int RANK = 64;

  /** What the project promises of every truncation. */
  private static final double MOST_OF_OPTIMUM = 1.005;

  @BeforeAll
  static void loadOpenBlas() {
    assertThat(SvdSolver.best()).isInstanceOf(OpenBlasSvdSolver.class);
  }

  record Case(String name, Matrix matrix, boolean fast) {
    @Override
    public String toString() {
      return name + " (seed " + SEED + ")";
    }
  }

  static Stream<Case> cases() {
    Random random = new Random(SEED);
    Matrix low = product(gaussian(random, 200, 20), gaussian(random, 20, 240));
    return Stream.of(
        new Case("square", floats(gaussian(random, 200, 200)), true),
        new Case("wide", floats(gaussian(random, 200, 500)), true),
        new Case("tall", floats(gaussian(random, 500, 200)), true),
        new Case("transposed tall", floats(gaussian(random, 500, 200)).transposed(), true),
        new Case("transposed wide", floats(gaussian(random, 200, 500)).transposed(), true),
        new Case("falling", floats(illConditioned(random, 220, 260, 100)), true),
        new Case("tiny", floats(scaled(gaussian(random, 200, 210), 1e-30)), false),
        new Case("huge", floats(scaled(gaussian(random, 200, 210), 1e30)), false),
        new Case("steep", floats(illConditioned(random, 200, 240, 1e12)), false),
        new Case("rank below what is wanted", floats(low), false),
        new Case("zero", floats(scaled(low, 0)), false),
        new Case("fp64", gaussian(random, 200, 200), false));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void staysWithinTheBoundOfTheOptimum(Case c) {
    try (Svd svd = new OpenBlasSvdSolver().decompose(c.matrix(), new None(), RANK);
        Svd oracle = new EjmlSvdSolver().decompose(c.matrix())) {
      for (int rank : new int[] {1, RANK / 2, RANK}) {
        double optimum = oracle.spectrum().truncationError(rank);
        double rounding = 1e-6 * norm(c.matrix());
        double error = distance(c.matrix(), truncated(svd, rank));
        assertThat(error)
            .as("rank %d", rank)
            .isLessThanOrEqualTo(MOST_OF_OPTIMUM * optimum + rounding);
        assertThat(svd.spectrum().truncationError(rank))
            .isEqualTo(error, within(1e-3 * error + rounding));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void takesTheExactWayWhereFp32DoesNotSuffice(Case c) {
    assertThat(FastSvd.decompose(TallSide.of(c.matrix()), RANK).isPresent()).isEqualTo(c.fast());
  }

  @Test
  void isTheSameEveryTime() {
    Matrix matrix = floats(gaussian(new Random(SEED), 200, 300));
    try (Svd once = new OpenBlasSvdSolver().decompose(matrix, new None(), RANK);
        Svd again = new OpenBlasSvdSolver().decompose(matrix, new None(), RANK)) {
      assertThat(distance(once.left(), again.left())).isZero();
    }
  }

  @Test
  void namesTheElementThatIsNotFinite() {
    float[] values = new float[200 * 300];
    values[5 * 300 + 7] = Float.POSITIVE_INFINITY;
    Matrix matrix = Matrix.of(200, 300, values);
    assertThatThrownBy(() -> new OpenBlasSvdSolver().decompose(matrix, new None(), RANK))
        .isInstanceOf(DecompositionException.class)
        .hasMessageContaining("Infinity at row 5, column 7");
  }
}
