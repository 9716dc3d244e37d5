package io.greenformers.engine;

import io.greenformers.engine.evaluation.LatencyGrid;
import io.greenformers.engine.report.Documents;
import io.greenformers.engine.report.Report;
import io.greenformers.protocol.request.Budget;
import java.util.List;
import java.util.Optional;

/** Whether what was measured meets the budget. A bound that could not be measured does not hold. */
final class BudgetGate {
  private BudgetGate() {}

  /** The first bound that does not hold. */
  static Optional<String> broken(
      Budget budget,
      Documents.Size size,
      List<LatencyGrid.Measured> latency,
      Optional<Report.AccuracyFigures> accuracy) {
    if (budget.sizeRatio().filter(most -> size.ratio() > most).isPresent()) {
      return Optional.of("sizeRatio");
    }
    if (budget.latencyRatio().filter(most -> worst(latency) > most).isPresent()) {
      return Optional.of("latencyRatio");
    }
    double drop =
        accuracy.map(Report.AccuracyFigures::dropUpperBound).orElse(Double.POSITIVE_INFINITY);
    return budget.accuracyDrop().filter(most -> drop > most).map(most -> "accuracyDrop");
  }

  private static double worst(List<LatencyGrid.Measured> latency) {
    return latency.stream()
        .mapToDouble(measured ->
            switch (measured) {
              case LatencyGrid.Cell cell -> 1 / cell.speedup();
              case LatencyGrid.Missing m -> Double.POSITIVE_INFINITY;
            })
        .max()
        .orElse(Double.POSITIVE_INFINITY);
  }
}
