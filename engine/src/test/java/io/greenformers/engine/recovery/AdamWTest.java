package io.greenformers.engine.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.greenformers.engine.torch.Scope;
import io.greenformers.engine.torch.TorchTensors;
import java.util.Map;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AdamWTest {
  private static final double DECAY = 0.1;
  private static final int STEPS = 5;

  /** The oracle computes in fp64. */
  private static final double ROUNDING = 2e-6;

  /** A vector has no decay; a matrix has, also where it is gone through in several pieces. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 100_000})
  void followsItsFormula(int rows) {
    int columns = rows == 1 ? 7 : 3;
    double[] weight = new Random(2).doubles((long) rows * columns, -1, 1).toArray();
    try (Scope scope = new Scope()) {
      Tensor value =
          rows == 1
              ? tensor(weight).detach().set_requires_grad(true)
              : tensor(weight).view(rows, columns).detach().set_requires_grad(true);
      try (AdamW optimizer = new AdamW(Map.of("w", value), DECAY)) {
        for (int step = 0; step < STEPS; step++) {
          // the gradient of Σw²/2 is w
          value.square().sum().div(new org.bytedeco.pytorch.Scalar(2.0)).backward();
          optimizer.step(0.01);
        }
      }
      double[] expected = oracle(weight, rows == 1 ? 0 : DECAY);
      double[] found = TorchTensors.doubles(value);
      for (int i = 0; i < weight.length; i++) {
        assertThat(found[i]).isCloseTo(expected[i], within(ROUNDING));
      }
    }
  }

  private static double[] oracle(double[] weight, double decay) {
    double[] w = weight.clone();
    double[] m = new double[w.length];
    double[] v = new double[w.length];
    for (int step = 1; step <= STEPS; step++) {
      for (int i = 0; i < w.length; i++) {
        double g = w[i];
        m[i] = 0.9 * m[i] + 0.1 * g;
        v[i] = 0.999 * v[i] + 0.001 * g * g;
        double mean = m[i] / (1 - Math.pow(0.9, step));
        double square = v[i] / (1 - Math.pow(0.999, step));
        w[i] -= 0.01 * decay * w[i] + 0.01 * mean / (Math.sqrt(square) + 1e-8);
      }
    }
    return w;
  }

  private static Tensor tensor(double[] values) {
    return Tensor.create(values, values.length).to(torch.ScalarType.Float);
  }
}
