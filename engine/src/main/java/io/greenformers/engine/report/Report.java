package io.greenformers.engine.report;

import io.greenformers.engine.evaluation.LatencyGrid;
import io.greenformers.engine.evaluation.Parity;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code report.json} holds; its keys are a promise to tools. */
public record Report(
    int schemaVersion,
    String state,
    Gate gate,
    String method,
    String solver,
    Documents.Size size,
    List<LatencyGrid.Measured> latency,
    Optional<Memory> memory,
    FidelityFigures fidelity,
    Parity parity,
    List<Documents.SiteDecision> sites,
    Map<String, Object> provenance) {
  public Report {
    latency = List.copyOf(latency);
    sites = List.copyOf(sites);
    provenance = Map.copyOf(provenance);
  }

  /**
   * Whether the budget was met.
   *
   * @param bound the bound that was broken
   */
  public record Gate(boolean passed, Optional<String> bound) {}

  /**
   * What a session takes at its peak, loading and running the largest shape, beyond what the
   * process had before. The compressed model is measured first: what it leaves behind can only make
   * the original look smaller.
   */
  public record Memory(long originalPeakBytes, long compressedPeakBytes) {}

  /** See {@link io.greenformers.engine.evaluation.Fidelity}. */
  public record FidelityFigures(double cosine, double relativeL2) {}
}
