package io.greenformers.service.console;

import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * The figures of a report that fit on a line.
 *
 * @param size of all files, before and after
 * @param speed empty where nothing was timed
 * @param accuracy empty without labels
 * @param fidelity the cosine of both models' outputs
 * @param parity the largest difference of the rewrite at full rank, relative; empty where it was
 *     not proven
 */
record Outcome(
    Size size,
    Optional<Speed> speed,
    Optional<Accuracy> accuracy,
    Optional<Double> fidelity,
    Optional<Double> parity) {

  /**
   * Bytes of all files.
   *
   * @param ratio compressed / original
   */
  record Size(double original, double compressed, double ratio) {}

  /**
   * How many times as fast, over the shapes that were timed.
   *
   * @param worst at the shape that gained least
   */
  record Speed(double worst, double best, int shapes) {}

  /**
   * What the metric says.
   *
   * @param drop original − compressed, in the metric's unit
   * @param dropAtMost its upper bound at {@code confidence}
   */
  record Accuracy(
      String metric,
      double original,
      double compressed,
      double drop,
      double dropAtMost,
      double confidence) {}

  static Outcome of(JsonNode report) {
    JsonNode size = report.path("size");
    return new Outcome(
        new Size(
            size.path("originalBytes").asDouble(0),
            size.path("compressedBytes").asDouble(0),
            size.path("ratio").asDouble(0)),
        speed(report.path("latency")),
        accuracy(report.path("accuracy")),
        number(report.at("/fidelity/cosine")),
        number(report.at("/parity/maxRelative")));
  }

  private static Optional<Double> number(JsonNode node) {
    return node.asDoubleOpt().stream().boxed().findFirst();
  }

  private static Optional<Speed> speed(JsonNode latency) {
    double[] speedups =
        elements(latency)
            .map(cell -> cell.path("speedup"))
            .filter(JsonNode::isNumber)
            .mapToDouble(JsonNode::asDouble)
            .sorted()
            .toArray();
    return speedups.length == 0
        ? Optional.empty()
        : Optional.of(new Speed(speedups[0], speedups[speedups.length - 1], speedups.length));
  }

  private static Optional<Accuracy> accuracy(JsonNode accuracy) {
    return accuracy.path("drop").isNumber()
        ? Optional.of(
            new Accuracy(
                accuracy.path("metric").asString(""),
                accuracy.path("original").asDouble(0),
                accuracy.path("compressed").asDouble(0),
                accuracy.path("drop").asDouble(0),
                accuracy.path("dropUpperBound").asDouble(0),
                accuracy.path("confidence").asDouble(0)))
        : Optional.empty();
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
