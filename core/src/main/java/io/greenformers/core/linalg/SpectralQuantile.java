package io.greenformers.core.linalg;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;

/**
 * Estimates the eigenvalue of a symmetric G [n, n] that so many others exceed: a few steps of
 * Lanczos from random vectors give Gauss quadratures of the spectral density (Lin, Saad and Yang,
 * Approximating spectral densities of large matrices, SIAM Review 58, 2016, section 3.2).
 */
final class SpectralQuantile {
  private static final int VECTORS = 2;
  private static final int STEPS = 12;
  private static final long SEED = 0x1a2c;

  /** Weight at a Ritz value. */
  private record Node(double value, double weight) {}

  private SpectralQuantile() {}

  /**
   * The estimate, and the largest Ritz value.
   *
   * @param above how many eigenvalues are to exceed it
   */
  static double[] of(FloatMatrix gram, int above) {
    int n = gram.rows();
    Node[] nodes = new Node[VECTORS * STEPS];
    SplittableRandom random = new SplittableRandom(SEED);
    for (int v = 0; v < VECTORS; v++) {
      lanczos(gram, random, nodes, v * STEPS);
    }
    Arrays.sort(nodes, Comparator.comparingDouble(node -> -node.value()));
    double wanted = (double) above / n;
    double passed = 0;
    for (int i = 0; i + 1 < nodes.length; i++) {
      double middle = passed + nodes[i].weight() / 2;
      double next = passed + nodes[i].weight() + nodes[i + 1].weight() / 2;
      if (next >= wanted) {
        double share = Math.clamp((wanted - middle) / (next - middle), 0, 1);
        double value = nodes[i].value() + share * (nodes[i + 1].value() - nodes[i].value());
        return new double[] {value, nodes[0].value()};
      }
      passed += nodes[i].weight();
    }
    return new double[] {nodes[nodes.length - 1].value(), nodes[0].value()};
  }

  private static void lanczos(FloatMatrix gram, SplittableRandom random, Node[] nodes, int at) {
    int n = gram.rows();
    double[] diagonal = new double[STEPS];
    double[] beside = new double[STEPS];
    float[] x = new float[n];
    float[] y = new float[n];
    float[] previous = new float[n];
    for (int j = 0; j < n; j++) {
      x[j] = (float) (((random.nextInt() & 1) * 2 - 1) / Math.sqrt(n));
    }
    for (int step = 0; step < STEPS; step++) {
      gram.multiplySymmetric(x, y);
      diagonal[step] = dot(y, x);
      double back = step == 0 ? 0 : beside[step - 1];
      for (int j = 0; j < n; j++) {
        y[j] -= (float) (diagonal[step] * x[j] + back * previous[j]);
      }
      beside[step] = Math.sqrt(dot(y, y));
      for (int j = 0; j < n; j++) {
        previous[j] = x[j];
        x[j] = beside[step] == 0 ? 0 : (float) (y[j] / beside[step]);
      }
    }
    quadrature(diagonal, beside, nodes, at);
  }

  private static void quadrature(double[] diagonal, double[] beside, Node[] nodes, int at) {
    try (NativeMatrix t = new NativeMatrix(STEPS, STEPS)) {
      for (int i = 0; i < STEPS; i++) {
        t.set(i, i, diagonal[i]);
        if (i > 0) {
          t.set(i, i - 1, beside[i - 1]);
        }
      }
      double[] values = t.becomeEigenvectors();
      for (int i = 0; i < STEPS; i++) {
        double first = t.get(i, 0);
        nodes[at + i] = new Node(values[i], first * first / VECTORS);
      }
    }
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
