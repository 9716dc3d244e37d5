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
  private static final int VECTORS = 4;
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
    try (FloatMatrix current = new FloatMatrix(VECTORS, n)) {
      double[][][] coefficients = lanczos(gram, current);
      for (int v = 0; v < VECTORS; v++) {
        quadrature(coefficients[0][v], coefficients[1][v], nodes, v * STEPS);
      }
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

  /** Diagonals and off-diagonals of the tridiagonal matrices, by vector. */
  private static double[][][] lanczos(FloatMatrix gram, FloatMatrix current) {
    int n = gram.rows();
    double[][] diagonal = new double[VECTORS][STEPS];
    double[][] beside = new double[VECTORS][STEPS];
    float[][] x = new float[VECTORS][n];
    float[][] previous = new float[VECTORS][n];
    SplittableRandom random = new SplittableRandom(SEED);
    for (float[] vector : x) {
      for (int j = 0; j < n; j++) {
        vector[j] = (float) (((random.nextInt() & 1) * 2 - 1) / Math.sqrt(n));
      }
    }
    float[] y = new float[n];
    for (int step = 0; step < STEPS; step++) {
      for (int v = 0; v < VECTORS; v++) {
        current.setRow(v, x[v], 0);
      }
      try (FloatMatrix product = current.timesSymmetric(gram)) {
        for (int v = 0; v < VECTORS; v++) {
          product.copy(v, 0, n, y, 0);
          diagonal[v][step] = dot(y, x[v]);
          double back = step == 0 ? 0 : beside[v][step - 1];
          for (int j = 0; j < n; j++) {
            y[j] -= (float) (diagonal[v][step] * x[v][j] + back * previous[v][j]);
          }
          double norm = Math.sqrt(dot(y, y));
          beside[v][step] = norm;
          for (int j = 0; j < n; j++) {
            previous[v][j] = x[v][j];
            x[v][j] = norm == 0 ? 0 : (float) (y[j] / norm);
          }
        }
      }
    }
    return new double[][][] {diagonal, beside};
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
