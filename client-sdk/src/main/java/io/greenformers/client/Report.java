package io.greenformers.client;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What was measured. The whole {@code report.json} is in {@link #json}.
 *
 * @param passed whether every bound of the budget holds
 * @param bound the one that does not
 * @param json the whole document
 */
public record Report(
    boolean passed,
    Optional<String> bound,
    Size size,
    List<Latency> latency,
    Fidelity fidelity,
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
        new Fidelity(
            json.path("fidelity").path("cosine").asDouble(),
            json.path("fidelity").path("relativeL2").asDouble()),
        json);
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
