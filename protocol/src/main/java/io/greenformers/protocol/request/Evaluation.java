package io.greenformers.protocol.request;

import java.util.List;

/**
 * What is measured after the rewrite.
 *
 * @param latency the grid of input shapes that are timed
 */
public record Evaluation(Latency latency) {
  public static final Evaluation DEFAULT =
      new Evaluation(new Latency(List.of(1, 8), List.of(32, 128)));

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
