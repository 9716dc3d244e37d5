package io.greenformers.engine.evaluation;

import java.util.Arrays;

/** How often classes were expected, given, and both. A class −1 that is given is none. */
final class ClassCounts {
  private final long[] right;
  private final long[] expected;
  private final long[] given;

  ClassCounts(int classes) {
    this.right = new long[classes];
    this.expected = new long[classes];
    this.given = new long[classes];
  }

  void clear() {
    Arrays.fill(right, 0);
    Arrays.fill(expected, 0);
    Arrays.fill(given, 0);
  }

  void add(int label, int predicted, int times) {
    expected[label] += times;
    if (predicted >= 0) {
      given[predicted] += times;
    }
    if (predicted == label) {
      right[label] += times;
    }
  }

  /** 2·right / (expected + given), averaged over the classes that are either; 0 without any. */
  double macroF1() {
    double sum = 0;
    int classes = 0;
    for (int c = 0; c < right.length; c++) {
      if (expected[c] + given[c] > 0) {
        sum += 2.0 * right[c] / (expected[c] + given[c]);
        classes++;
      }
    }
    return classes == 0 ? 0 : sum / classes;
  }

  /** 2·right / (expected + given) over all classes but 0 together; 0 without any. */
  double f1WithoutFirst() {
    long both = 0;
    long all = 0;
    for (int c = 1; c < right.length; c++) {
      both += right[c];
      all += expected[c] + given[c];
    }
    return all == 0 ? 0 : 2.0 * both / all;
  }

  /**
   * (c·s − Σ tₖpₖ) / √((s² − Σ pₖ²)(s² − Σ tₖ²)) with c right of s, tₖ expected and pₖ given
   * (Gorodkin 2004, equation 8); 0 where all are of one class.
   */
  double matthews() {
    double s = Arrays.stream(expected).sum();
    double c = Arrays.stream(right).sum();
    double both = 0;
    double squaredExpected = 0;
    double squaredGiven = 0;
    for (int k = 0; k < right.length; k++) {
      both += (double) expected[k] * given[k];
      squaredExpected += (double) expected[k] * expected[k];
      squaredGiven += (double) given[k] * given[k];
    }
    double spread = Math.sqrt((s * s - squaredGiven) * (s * s - squaredExpected));
    return spread == 0 ? 0 : (c * s - both) / spread;
  }
}
