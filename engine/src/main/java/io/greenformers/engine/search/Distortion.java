package io.greenformers.engine.search;

import io.greenformers.engine.runtime.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How far the floating outputs of a model are from the original's, relative to how much the
 * original's vary: Σ‖y − ŷ‖² / Σ‖y − ȳ‖² over all batches, averaged over the outputs. 0 is exact; a
 * model that always answers with the mean has 1.
 */
final class Distortion {
  /** Of Σ‖y‖²: the rounding of an output that never changes must not count as its distortion. */
  private static final double LEAST_VARIATION = 1e-6;

  private final List<Map<String, Tensor>> references;
  private final Map<String, Double> variations;
  private final Map<String, Double> errors = new HashMap<>();

  private Distortion(List<Map<String, Tensor>> references, Map<String, Double> variations) {
    this.references = references;
    this.variations = variations;
  }

  /**
   * Measures against reference outputs.
   *
   * @param references the original's outputs of every batch
   */
  static Distortion from(List<Map<String, Tensor>> references) {
    return new Distortion(List.copyOf(references), variations(references));
  }

  /** A fresh measurement against the same references. */
  Distortion again() {
    return new Distortion(references, variations);
  }

  /** Adds the outputs of one batch. */
  void add(int batch, Map<String, Tensor> outputs) {
    references
        .get(batch)
        .forEach((name, reference) -> {
          Tensor found = outputs.get(name);
          if (reference.type().isFloating() && found != null) {
            errors.merge(name, error(reference, found), Double::sum);
          }
        });
  }

  /** The distortion over all batches that were added; infinite where an output is not finite. */
  double value() {
    double sum = 0;
    for (Map.Entry<String, Double> error : errors.entrySet()) {
      double variation = variations.getOrDefault(error.getKey(), 0.0);
      sum += error.getValue() == 0 ? 0 : error.getValue() / Math.max(variation, Double.MIN_NORMAL);
    }
    return Double.isNaN(sum) ? Double.POSITIVE_INFINITY : sum / Math.max(1, errors.size());
  }

  private static double error(Tensor reference, Tensor found) {
    if (!reference.shape().equals(found.shape())) {
      return Double.POSITIVE_INFINITY;
    }
    double sum = 0;
    for (int i = 0; i < reference.elements(); i++) {
      double expected = reference.get(i);
      if (Double.isFinite(expected)) {
        double difference = expected - found.get(i);
        sum += difference * difference;
      }
    }
    return sum;
  }

  /** Per output, around the mean of each of its last axis's elements. */
  private static Map<String, Double> variations(List<Map<String, Tensor>> references) {
    Map<String, List<Tensor>> byName = new HashMap<>();
    references.forEach(outputs ->
        outputs.forEach(
            (name, tensor) -> byName.computeIfAbsent(name, k -> new ArrayList<>()).add(tensor)));
    Map<String, Double> variations = new HashMap<>();
    byName.forEach((name, tensors) -> variations.put(name, variation(tensors)));
    return variations;
  }

  private static double variation(List<Tensor> tensors) {
    List<Long> shape = tensors.getFirst().shape();
    int width = shape.isEmpty() ? 1 : Math.toIntExact(shape.getLast());
    double[] sums = new double[Math.max(1, width)];
    double squares = 0;
    long rows = 0;
    for (Tensor tensor : tensors) {
      for (int i = 0; i < tensor.elements(); i++) {
        double value = tensor.get(i);
        if (Double.isFinite(value)) {
          sums[i % sums.length] += value;
          squares += value * value;
        }
      }
      rows += tensor.elements() / sums.length;
    }
    double means = 0;
    for (double sum : sums) {
      means += sum * sum / Math.max(1, rows);
    }
    return Math.max(LEAST_VARIATION * squares, squares - means);
  }
}
