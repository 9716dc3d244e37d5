package io.greenformers.core.linalg;

import static io.greenformers.core.linalg.Matrices.difference;
import static io.greenformers.core.linalg.Matrices.distance;
import static io.greenformers.core.linalg.Matrices.gaussian;
import static io.greenformers.core.linalg.Matrices.illConditioned;
import static io.greenformers.core.linalg.Matrices.norm;
import static io.greenformers.core.linalg.Matrices.product;
import static io.greenformers.core.linalg.Matrices.scaled;
import static io.greenformers.core.linalg.Matrices.truncated;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.greenformers.core.linalg.InputWeighting.Covariance;
import io.greenformers.core.linalg.InputWeighting.None;
import io.greenformers.core.linalg.InputWeighting.Rows;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What every solver must do in the norm of a site's inputs. */
abstract class WeightedSvdContract {
  /** Of ‖A‖: fp64 rounding times the condition of S, which the ridge bounds by √(n/1e-6). */
  private static final double RECONSTRUCTION = 1e-10;

  /** Of the weighted ‖A‖: half of fp64's digits, as eigenvalues are squares. */
  private static final double ERROR = 1e-6;

  private static final long SEED = 20_261_124;

  abstract SvdSolver solver();

  record Case(String name, Matrix a, InputWeighting weighting, Matrix c) {
    int fullRank() {
      return Math.min(a.rows(), a.columns());
    }

    /** √tr(EᵀCE). */
    double weighted(Matrix e) {
      Matrix ce = product(c, e);
      double sum = 0;
      double scale = Math.max(1e-300, norm(e));
      for (int i = 0; i < e.rows(); i++) {
        for (int j = 0; j < e.columns(); j++) {
          sum += e.get(i, j) / scale * ce.get(i, j);
        }
      }
      return Math.sqrt(Math.max(0, sum)) * Math.sqrt(scale);
    }

    @Override
    public String toString() {
      return name + " (seed " + SEED + ")";
    }
  }

  static Stream<Case> cases() {
    Random random = new Random(SEED);
    List<Case> cases = new ArrayList<>();
    for (int[] shape : new int[][] {{60, 20}, {20, 60}, {32, 32}}) {
      Matrix a = gaussian(random, shape[0], shape[1]);
      String name = "%d x %d".formatted(shape[0], shape[1]);
      cases.add(covariance(name + ", many inputs", a, 500, 1, false, 0.01, random));
      cases.add(covariance(name + ", centered", a, 500, 1, true, 0.01, random));
      cases.add(covariance(name + ", no shrinkage", a, 500, 1, true, 0, random));
      cases.add(covariance(name + ", fewer inputs than n", a, 5, 1, false, 0, random));
      cases.add(covariance(name + ", one input, shrunk", a, 1, 1, false, 0.1, random));
      cases.add(covariance(name + ", zero inputs", a, 9, 0, false, 0.01, random));
      cases.add(covariance(name + ", tiny inputs", a, 99, 0x1p-50f, false, 0.01, random));
      cases.add(covariance(name + ", huge inputs", a, 99, 0x1p50f, true, 0.01, random));
      cases.add(covariance(name + ", tiny", scaled(a, 1e-30), 99, 0x1p-50f, true, 0.01, random));
      cases.add(covariance(name + ", huge", scaled(a, 1e30), 99, 0x1p50f, true, 0.01, random));
      Matrix zero = scaled(a, 0);
      cases.add(covariance(name + ", zero A", zero, 99, 1, true, 0.01, random));
      Matrix one = product(gaussian(random, shape[0], 1), gaussian(random, 1, shape[1]));
      cases.add(covariance(name + ", rank 1", one, 99, 1, true, 0.01, random));
      Matrix ill = illConditioned(random, shape[0], shape[1], 1e10);
      cases.add(covariance(name + ", ill-conditioned", ill, 99, 1, true, 0.01, random));
      cases.add(rows(name + ", rows", a, 1, random));
      cases.add(rows(name + ", rows, tiny weights", a, 1e-30, random));
      cases.add(rows(name + ", rows, huge", scaled(a, 1e30), 1e30, random));
      cases.add(rows(name + ", rows, zero weights", a, 0, random));
      cases.add(new Case(name + ", transposed view", a.transposed(), new None(), eye(shape[1])));
      cases.add(rows(name + ", transposed view, rows", a.transposed(), 1, random));
      cases.add(
          covariance(name + ", transposed view, C", a.transposed(), 99, 1, true, 0.1, random));
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void reproducesTheMatrixAtFullRankWhateverTheInputs(Case c) {
    try (Svd svd = solver().decompose(c.a(), c.weighting(), Integer.MAX_VALUE)) {
      assertThat(distance(c.a(), product(svd.left(), svd.right())))
          .isLessThanOrEqualTo(RECONSTRUCTION * norm(c.a()));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void hasTheLeastWeightedErrorAtEveryRank(Case c) {
    double[] optimum = optimum(c);
    double tolerance = ERROR * optimum[0] + Double.MIN_NORMAL;
    try (Svd svd = solver().decompose(c.a(), c.weighting(), Integer.MAX_VALUE)) {
      for (int rank : IntStream.of(1, 4, 7, c.fullRank() / 2, c.fullRank() - 1).toArray()) {
        double error = c.weighted(difference(c.a(), truncated(svd, rank)));
        assertThat(error).as("rank %d", rank).isEqualTo(optimum[rank], within(tolerance));
        assertThat(svd.spectrum().truncationError(rank))
            .as("spectrum at rank %d", rank)
            .isEqualTo(optimum[rank], within(tolerance));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isTheSameWhenFewerRanksAreWanted(Case c) {
    int most = c.fullRank() / 2;
    double[] optimum = optimum(c);
    double tolerance = ERROR * optimum[0] + Double.MIN_NORMAL;
    try (Svd svd = solver().decompose(c.a(), c.weighting(), most)) {
      assertThat(svd.left().columns()).isEqualTo(most);
      assertThat(svd.spectrum().size()).isEqualTo(most);
      for (int rank : new int[] {0, 1, most / 2, most}) {
        assertThat(svd.spectrum().truncationError(rank))
            .isEqualTo(optimum[rank], within(tolerance));
      }
      assertThat(c.weighted(difference(c.a(), truncated(svd, most))))
          .isEqualTo(optimum[most], within(tolerance));
    }
  }

  /** What the inputs' few directions leave over is approximated as without a weighting. */
  @ParameterizedTest
  @MethodSource("shapes")
  void goesOnReducingThePlainErrorBeyondTheRankOfTheInputs(int in, int out) {
    Random random = new Random(SEED);
    int seen = 5;
    Case c = covariance("few", gaussian(random, in, out), seen, 1, false, 0, random);
    try (Svd svd = solver().decompose(c.a(), c.weighting(), Integer.MAX_VALUE)) {
      Matrix left = difference(c.a(), truncated(svd, seen));
      try (Svd plain = new EjmlSvdSolver().decompose(left)) {
        for (int rank = seen; rank < c.fullRank(); rank++) {
          assertThat(distance(c.a(), truncated(svd, rank)))
              .isEqualTo(plain.spectrum().truncationError(rank - seen), within(1e-3 * norm(left)));
        }
      }
    }
  }

  static Stream<Arguments> shapes() {
    return Stream.of(arguments(60, 20), arguments(20, 60), arguments(32, 32));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void balancesEveryRank(Case c) {
    try (Svd svd = solver().decompose(c.a(), c.weighting(), Integer.MAX_VALUE)) {
      for (int k = 0; k < c.fullRank(); k++) {
        double left = norm(row(svd.left().transposed(), k));
        assertThat(norm(row(svd.right(), k))).isEqualTo(left, within(1e-6 * left));
      }
    }
  }

  /** By rank: √Σσ² of what is left of C^½·A, by EJML's dense SVD. */
  private static double[] optimum(Case c) {
    double t = IntStream.range(0, c.c().rows()).mapToDouble(i -> c.c().get(i, i)).max().orElse(0);
    double[] sigma = Roots.singularValues(Roots.of(c.c(), t), c.a());
    double[] errors = new double[sigma.length + 1];
    for (int r = sigma.length - 1; r >= 0; r--) {
      errors[r] = Math.hypot(errors[r + 1], Math.sqrt(t) * sigma[r]);
    }
    return errors;
  }

  private static Case covariance(
      String name, Matrix a, int inputs, float scale, boolean centered, double lambda, Random r) {
    int n = a.rows();
    Matrix mixing = illConditioned(r, n, n, 100);
    Moments moments = new Moments(n);
    double[][] second = new double[n][n];
    double[] mean = new double[n];
    for (int s = 0; s < inputs; s++) {
      Matrix x = product(gaussian(r, 1, n), mixing);
      float[] sum = new float[n];
      float[] products = new float[n * n];
      for (int i = 0; i < n; i++) {
        // with few bits, so that products are exact in fp32
        sum[i] = scale * (Math.round(4 * x.get(0, i)) / 4f + (centered ? 3 : 0));
      }
      for (int i = 0; i < n * n; i++) {
        products[i] = sum[i / n] * sum[i % n];
        second[i / n][i % n] += (double) products[i] / inputs;
      }
      for (int i = 0; i < n; i++) {
        mean[i] += (double) sum[i] / inputs;
      }
      moments.add(1, FloatBuffer.wrap(sum), FloatBuffer.wrap(products));
    }
    double trace = 0;
    for (int i = 0; i < n * n; i++) {
      second[i / n][i % n] -= centered ? mean[i / n] * mean[i % n] : 0;
      trace += i / n == i % n ? second[i / n][i / n] : 0;
    }
    double[] c = new double[n * n];
    for (int i = 0; i < n * n; i++) {
      double ridge = i / n == i % n ? Math.max(lambda, 1e-6) * trace / n : 0;
      c[i] = trace > 0 ? (1 - lambda) * second[i / n][i % n] + ridge : i / n == i % n ? 1 : 0;
    }
    return new Case(name, a, new Covariance(moments, centered, lambda), Matrix.of(n, n, c));
  }

  private static Case rows(String name, Matrix a, double scale, Random random) {
    int n = a.rows();
    double[] weights = new double[n];
    double mean = 0;
    for (int i = 0; i < n; i++) {
      weights[i] = i % 3 == 0 ? 0 : scale * random.nextInt(1, 1000);
      mean += weights[i] / n;
    }
    double[] c = new double[n * n];
    for (int i = 0; i < n; i++) {
      c[i * n + i] = mean == 0 ? 1 : weights[i] + 1e-6 * mean;
    }
    return new Case(name, a, new Rows(weights), Matrix.of(n, n, c));
  }

  private static Matrix eye(int n) {
    double[] values = new double[n * n];
    IntStream.range(0, n).forEach(i -> values[i * n + i] = 1);
    return Matrix.of(n, n, values);
  }

  private static Matrix row(Matrix matrix, int row) {
    double[] values = new double[matrix.columns()];
    matrix.copy(row, 0, values.length, values, 0);
    return Matrix.of(1, values.length, values);
  }
}
