package io.greenformers.engine.evaluation;

import io.greenformers.engine.runtime.Tensor;
import java.util.Map;

/**
 * How far outputs are from reference outputs, worst over all outputs and batches.
 *
 * @param maxAbs max |Δ|
 * @param maxRelative max |Δ| / max |reference|, per output
 * @param batches how many runs were compared
 */
public record Parity(double maxAbs, double maxRelative, int batches) {
  public static final Parity NONE = new Parity(0, 0, 0);

  /**
   * Adds one run.
   *
   * @return infinite differences where an output is missing, has another shape, or is not finite
   *     where the reference is
   */
  public Parity with(Map<String, Tensor> reference, Map<String, Tensor> outputs) {
    double abs = maxAbs;
    double relative = maxRelative;
    for (Map.Entry<String, Tensor> expected : reference.entrySet()) {
      Tensor found = outputs.get(expected.getKey());
      double worst =
          found == null || !found.shape().equals(expected.getValue().shape())
              ? Double.POSITIVE_INFINITY
              : maxAbs(expected.getValue(), found);
      double largest = largest(expected.getValue());
      abs = Math.max(abs, worst);
      relative = Math.max(relative, worst == 0 ? 0 : worst / Math.max(largest, Float.MIN_NORMAL));
    }
    return new Parity(abs, relative, batches + 1);
  }

  /** The worse of both, over all runs of both. */
  public Parity and(Parity other) {
    return new Parity(
        Math.max(maxAbs, other.maxAbs),
        Math.max(maxRelative, other.maxRelative),
        batches + other.batches);
  }

  public boolean within(double tolerance) {
    return maxRelative <= tolerance;
  }

  private static double maxAbs(Tensor reference, Tensor found) {
    double worst = 0;
    for (int i = 0; i < reference.elements(); i++) {
      double expected = reference.get(i);
      double difference = Math.abs(expected - found.get(i));
      boolean same = Double.compare(expected, found.get(i)) == 0;
      if (!same) {
        worst = Math.max(worst, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference);
      }
    }
    return worst;
  }

  private static double largest(Tensor tensor) {
    double largest = 0;
    for (int i = 0; i < tensor.elements(); i++) {
      double magnitude = Math.abs(tensor.get(i));
      if (Double.isFinite(magnitude)) {
        largest = Math.max(largest, magnitude);
      }
    }
    return largest;
  }
}
