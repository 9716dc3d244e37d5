package io.greenformers.engine.report;

import io.greenformers.engine.evaluation.Fidelity;
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
    Optional<String> solverReason,
    Documents.Size size,
    List<Documents.PartSize> parts,
    List<LatencyGrid.Measured> latency,
    Optional<Memory> memory,
    Optional<AccuracyFigures> accuracy,
    Optional<FidelityFigures> fidelity,
    Optional<Parity> parity,
    Optional<Documents.FusedOperators> fusedOperators,
    Optional<Documents.Plan> plan,
    List<Documents.SiteDecision> sites,
    Optional<Documents.Training> recovery,
    Map<String, Object> provenance) {
  /** Of the JSON Schema that is published with it; a new key does not change it. */
  public static final int SCHEMA_VERSION = 1;

  public Report {
    parts = List.copyOf(parts);
    latency = List.copyOf(latency);
    sites = List.copyOf(sites);
    provenance = Map.copyOf(provenance);
  }

  /**
   * Whether the budget was met.
   *
   * @param bound the first bound that was broken
   * @param bounds all that were asked for
   */
  public record Gate(boolean passed, Optional<String> bound, List<Bound> bounds) {
    public Gate {
      bounds = List.copyOf(bounds);
    }
  }

  /**
   * A bound of the budget.
   *
   * @param name {@code sizeRatio}, {@code latencyRatio} or {@code accuracyDrop}
   * @param most what was asked for
   * @param found what was measured; empty where it could not be
   */
  public record Bound(String name, double most, Optional<Double> found, boolean holds) {}

  /**
   * What a session takes at its peak, loading and running the largest shape, beyond what the
   * process had before. The compressed model is measured first: what it leaves behind can only make
   * the original look smaller.
   */
  public record Memory(long originalPeakBytes, long compressedPeakBytes) {}

  /**
   * Accuracy on texts of which it is known what is right; see {@link
   * io.greenformers.engine.evaluation.AccuracyDrop}.
   *
   * @param metric the key of a {@link io.greenformers.engine.evaluation.Metric}
   * @param split which texts
   * @param samples how many; pairs where texts are compared in pairs
   * @param drop original − compressed; compressed − original of a perplexity
   * @param dropLowerBound of the drop, one-sided, at the confidence
   * @param dropUpperBound of the drop, one-sided, at the confidence
   */
  public record AccuracyFigures(
      String metric,
      String split,
      int samples,
      double original,
      double compressed,
      double drop,
      double dropLowerBound,
      double dropUpperBound,
      double confidence) {}

  /** See {@link io.greenformers.engine.evaluation.Fidelity}. */
  public record FidelityFigures(double cosine, double relativeL2) {
    /** Those of a comparison. */
    public static FidelityFigures of(Fidelity fidelity) {
      return new FidelityFigures(fidelity.cosine(), fidelity.relativeL2());
    }
  }
}
