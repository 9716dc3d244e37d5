package io.greenformers.engine;

import io.greenformers.engine.evaluation.LatencyGrid;
import io.greenformers.engine.report.Documents;
import io.greenformers.engine.report.Report;
import io.greenformers.protocol.request.Budget;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether what was measured meets the budget. A bound that could not be measured does not hold. */
final class BudgetGate {
  private BudgetGate() {}

  /** Every bound of the budget beside what was found, and the first that does not hold. */
  static Report.Gate of(
      Budget budget,
      Documents.Size size,
      List<LatencyGrid.Measured> latency,
      Optional<Report.AccuracyFigures> accuracy) {
    List<Report.Bound> bounds = new ArrayList<>();
    budget.sizeRatio().ifPresent(most -> bounds.add(bound("sizeRatio", most, size.ratio())));
    budget
        .latencyRatio()
        .ifPresent(most -> bounds.add(bound("latencyRatio", most, worst(latency))));
    double drop =
        accuracy.map(Report.AccuracyFigures::dropUpperBound).orElse(Double.POSITIVE_INFINITY);
    budget.accuracyDrop().ifPresent(most -> bounds.add(bound("accuracyDrop", most, drop)));
    Optional<String> broken =
        bounds.stream().filter(bound -> !bound.holds()).map(Report.Bound::name).findFirst();
    return new Report.Gate(broken.isEmpty(), broken, bounds);
  }

  private static Report.Bound bound(String name, double most, double found) {
    return new Report.Bound(name, most, Optional.of(found).filter(Double::isFinite), found <= most);
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
