package io.greenformers.client;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What was measured. The whole {@code report.json} is in {@link #json}.
 *
 * @param passed whether every bound of the budget holds
 * @param bound the one that does not
 * @param fidelity empty where the models are too large for the service to run
 * @param accuracy of both models; empty without labels
 * @param json the whole document
 */
public record Report(
    boolean passed,
    Optional<String> bound,
    Size size,
    List<Latency> latency,
    Optional<Fidelity> fidelity,
    Optional<Accuracy> accuracy,
    JsonNode json) {
  public Report {
    latency = List.copyOf(latency);
  }

  /**
   * Bytes of all files.
   *
   * @param ratio compressed / original
   */
  public record Size(long originalBytes, long compressedBytes, double ratio) {}

  /**
   * One shape that both models were timed on.
   *
   * @param speedup original / compressed
   */
  public record Latency(
      int batch, int sequence, double originalMs, double compressedMs, double speedup) {}

  /** How alike the outputs are. */
  public record Fidelity(double cosine, double relativeL2) {}

  /**
   * How many texts are classified right, as a share from 0 to 1.
   *
   * @param split which texts
   * @param samples how many
   * @param drop original − compressed
   * @param dropUpperBound of the drop, one-sided, at the confidence: what a budget bounds
   */
  public record Accuracy(
      String metric,
      String split,
      int samples,
      double original,
      double compressed,
      double drop,
      double dropUpperBound,
      double confidence) {}

  static Report of(JsonNode json) {
    JsonNode size = json.path("size");
    JsonNode gate = json.path("gate");
    return new Report(
        gate.path("passed").asBoolean(),
        gate.path("bound").asStringOpt(),
        new Size(
            size.path("originalBytes").asLong(),
            size.path("compressedBytes").asLong(),
            size.path("ratio").asDouble()),
        json.path("latency").valueStream().filter(c -> c.has("speedup")).map(Report::cell).toList(),
        Optional.of(json.path("fidelity")).filter(JsonNode::isObject).map(Report::fidelity),
        Optional.of(json.path("accuracy")).filter(JsonNode::isObject).map(Report::accuracy),
        json);
  }

  private static Fidelity fidelity(JsonNode fidelity) {
    return new Fidelity(fidelity.path("cosine").asDouble(), fidelity.path("relativeL2").asDouble());
  }

  private static Accuracy accuracy(JsonNode accuracy) {
    return new Accuracy(
        accuracy.path("metric").asString(""),
        accuracy.path("split").asString(""),
        accuracy.path("samples").asInt(),
        accuracy.path("original").asDouble(),
        accuracy.path("compressed").asDouble(),
        accuracy.path("drop").asDouble(),
        accuracy.path("dropUpperBound").asDouble(),
        accuracy.path("confidence").asDouble());
  }

  private static Latency cell(JsonNode cell) {
    return new Latency(
        cell.path("batch").asInt(),
        cell.path("sequence").asInt(),
        cell.path("originalMs").path("p50").asDouble(),
        cell.path("compressedMs").path("p50").asDouble(),
        cell.path("speedup").asDouble());
  }
}
