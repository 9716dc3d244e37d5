package io.greenformers.protocol.request;

import java.util.List;
import java.util.Optional;

/**
 * What is measured after the rewrite.
 *
 * @param latency the grid of input shapes that are timed
 * @param confidence of the upper bound of the drop in accuracy, in [0.5, 1)
 * @param metric what accuracy is measured by; the usual one of the task where it is not given
 */
public record Evaluation(Latency latency, double confidence, Optional<Metric> metric) {
  public static final Evaluation DEFAULT =
      new Evaluation(new Latency(List.of(1, 8), List.of(32, 128)), 0.95, Optional.empty());

  public Evaluation {
    Checks.require(
        confidence >= 0.5 && confidence < 1,
        "evaluation.confidence",
        "a number in [0.5, 1)",
        confidence);
  }

  /**
   * The shapes that both models are timed on.
   *
   * @param batchSizes sizes of the batch axis, where it is dynamic
   * @param sequenceLengths sizes of every other dynamic axis
   */
  public record Latency(List<Integer> batchSizes, List<Integer> sequenceLengths) {
    public Latency {
      batchSizes = List.copyOf(batchSizes);
      sequenceLengths = List.copyOf(sequenceLengths);
      Checks.positiveInts("evaluation.latency.batchSizes", batchSizes, 1024);
      Checks.positiveInts("evaluation.latency.sequenceLengths", sequenceLengths, 65_536);
    }
  }
}
