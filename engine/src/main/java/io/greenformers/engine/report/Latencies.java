package io.greenformers.engine.report;

import io.greenformers.engine.evaluation.LatencyGrid;
import java.util.List;

/** The timed shapes of a report. */
public final class Latencies {
  private Latencies() {}

  /** Those that both models ran on. */
  public static List<LatencyGrid.Cell> cells(Report report) {
    return report.latency().stream()
        .filter(LatencyGrid.Cell.class::isInstance)
        .map(LatencyGrid.Cell.class::cast)
        .toList();
  }

  /** Those that a model did not run on. */
  public static List<LatencyGrid.Missing> missing(Report report) {
    return report.latency().stream()
        .filter(LatencyGrid.Missing.class::isInstance)
        .map(LatencyGrid.Missing.class::cast)
        .toList();
  }
}
