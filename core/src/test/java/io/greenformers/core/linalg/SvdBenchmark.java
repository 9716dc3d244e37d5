package io.greenformers.core.linalg;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dgesdd;
import static org.bytedeco.openblas.global.openblas.LAPACKE_sgesdd;
import static org.bytedeco.openblas.global.openblas.LAPACK_COL_MAJOR;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Times {@link OpenBlasSvdSolver} against LAPACK's own SVDs, sgesdd and dgesdd. Not a test: run
 * {@code main} with shapes such as {@code 384x384 4096x4096}; {@code -Dlapack=false} leaves LAPACK
 * out. The printed table of one machine is in {@code benchmarks/svd.md}.
 *
 * <p>Weights are Gaussian times a decaying column scale, so the spectra span about four decades.
 */
final class SvdBenchmark {
  private static final long SEED = 7;

  private SvdBenchmark() {}

  public static void main(String[] shapes) {
    boolean lapack = !"false".equals(System.getProperty("lapack"));
    SvdSolver solver = new OpenBlasSvdSolver();
    solver.decompose(Matrix.of(64, 64, weights(64, 64))).close();
    System.out.println(
        "| W | dsyevd, s | reading factors, s | error of W/‖W‖ | sgesdd, s | dgesdd, s |"
            + " error of σ/σ₁ | process peak, MB |");
    System.out.println("|---|---|---|---|---|---|---|---|");
    for (String shape : shapes) {
      int x = shape.indexOf('x');
      int m = Integer.parseInt(shape.substring(0, x));
      int n = Integer.parseInt(shape.substring(x + 1));
      float[] w = weights(m, n);
      long start = System.nanoTime();
      try (Svd svd = solver.decompose(Matrix.of(m, n, w))) {
        double decompose = seconds(start);
        start = System.nanoTime();
        float[] left = floats(svd.left());
        float[] right = floats(svd.right());
        double reading = seconds(start);
        String own =
            "| %s | %.2f | %.2f | %.1e "
                .formatted(shape, decompose, reading, reconstruction(w, left, right, m, n));
        long peak = peakMegabytes();
        System.out.println(
            own + (lapack ? compare(svd.spectrum(), w, m, n) : "| | | ") + "| " + peak + " |");
      }
    }
  }

  private static String compare(Spectrum spectrum, float[] w, int m, int n) {
    int p = Math.min(m, n);
    double single = sgesdd(w, m, n);
    double[] sigma = new double[p];
    double twice = dgesdd(w, m, n, sigma);
    double worst = 0;
    for (int i = 0; i < p; i++) {
      worst = Math.max(worst, Math.abs(sigma[i] - spectrum.value(i)) / sigma[0]);
    }
    return "| %.2f | %.2f | %.1e ".formatted(single, twice, worst);
  }

  /** Row-major W [m, n] is column-major Wᵀ [n, m], with the same singular values. */
  private static double sgesdd(float[] w, int m, int n) {
    int p = Math.min(m, n);
    try (FloatPointer a = new FloatPointer((long) m * n);
        FloatPointer s = new FloatPointer(p);
        FloatPointer u = new FloatPointer((long) n * p);
        FloatPointer vt = new FloatPointer((long) p * m)) {
      a.put(w, 0, w.length);
      long start = System.nanoTime();
      require(LAPACKE_sgesdd(LAPACK_COL_MAJOR, (byte) 'S', n, m, a, n, s, u, n, vt, p));
      return seconds(start);
    }
  }

  private static double dgesdd(float[] w, int m, int n, double[] sigma) {
    int p = Math.min(m, n);
    try (DoublePointer a = new DoublePointer((long) m * n);
        DoublePointer s = new DoublePointer(p);
        DoublePointer u = new DoublePointer((long) n * p);
        DoublePointer vt = new DoublePointer((long) p * m)) {
      double[] row = new double[n];
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          row[j] = w[i * n + j];
        }
        a.position((long) i * n).put(row, 0, n);
      }
      a.position(0);
      long start = System.nanoTime();
      require(LAPACKE_dgesdd(LAPACK_COL_MAJOR, (byte) 'S', n, m, a, n, s, u, n, vt, p));
      double elapsed = seconds(start);
      s.get(sigma, 0, p);
      return elapsed;
    }
  }

  private static void require(int info) {
    if (info != 0) {
      throw new IllegalStateException("expected LAPACK to return 0, found " + info);
    }
  }

  private static float[] weights(int m, int n) {
    Random random = new Random(SEED);
    float[] w = new float[m * n];
    for (int i = 0; i < w.length; i++) {
      w[i] = (float) (0.05 * random.nextGaussian() * Math.pow(1e-4, i % n / (double) n));
    }
    return w;
  }

  /** As the rewrite reads factors: every element, row by row, rounded to fp32. */
  private static float[] floats(Matrix matrix) {
    float[] values = new float[matrix.rows() * matrix.columns()];
    for (int i = 0; i < matrix.rows(); i++) {
      for (int j = 0; j < matrix.columns(); j++) {
        values[i * matrix.columns() + j] = (float) matrix.get(i, j);
      }
    }
    return values;
  }

  /** Frobenius, relative, of fp32 factors multiplied in fp64, over at most 64 rows of W. */
  private static double reconstruction(float[] w, float[] left, float[] right, int m, int n) {
    int p = Math.min(m, n);
    double error = 0;
    double norm = 0;
    for (int i = 0; i < m; i += Math.max(1, m / 64)) {
      double[] row = new double[n];
      for (int k = 0; k < p; k++) {
        double l = left[i * p + k];
        for (int j = 0; j < n; j++) {
          row[j] += l * right[k * n + j];
        }
      }
      for (int j = 0; j < n; j++) {
        double expected = w[i * n + j];
        error += (row[j] - expected) * (row[j] - expected);
        norm += expected * expected;
      }
    }
    return Math.sqrt(error / norm);
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static long peakMegabytes() {
    Path status = Path.of("/proc/self/status");
    try {
      return Files.exists(status)
          ? Files.readAllLines(status).stream()
              .filter(line -> line.startsWith("VmHWM:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
              .sum()
          : -1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
