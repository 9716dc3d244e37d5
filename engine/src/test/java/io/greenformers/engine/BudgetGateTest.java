package io.greenformers.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.engine.evaluation.LatencyGrid;
import io.greenformers.engine.report.Documents;
import io.greenformers.engine.report.Report;
import io.greenformers.protocol.request.Budget;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class BudgetGateTest {
  private static final Documents.Size HALF = new Documents.Size(100, 50, 0.5, 25, 12);

  @Test
  void everyBoundIsBesideWhatWasFoundAndTheFirstBrokenOneIsNamed() {
    Report.Gate gate =
        BudgetGate.of(
            new Budget(Optional.of(0.6), Optional.of(0.9), Optional.of(0.01)),
            HALF,
            List.of(cell(2), cell(1)),
            Optional.empty());
    assertThat(gate.passed()).isFalse();
    assertThat(gate.bound()).contains("latencyRatio");
    assertThat(gate.bounds())
        .containsExactly(
            new Report.Bound("sizeRatio", 0.6, Optional.of(0.5), true),
            new Report.Bound("latencyRatio", 0.9, Optional.of(1.0), false),
            new Report.Bound("accuracyDrop", 0.01, Optional.empty(), false));
  }

  @Test
  void withoutABudgetEverythingPasses() {
    Report.Gate gate = BudgetGate.of(Budget.NONE, HALF, List.of(), Optional.empty());
    assertThat(gate.passed()).isTrue();
    assertThat(gate.bounds()).isEmpty();
  }

  private static LatencyGrid.Cell cell(double speedup) {
    LatencyGrid.Percentiles ms = new LatencyGrid.Percentiles(1, 2);
    return new LatencyGrid.Cell(
        "CPUExecutionProvider", 1, 8, ms, ms, speedup, new LatencyGrid.Interval(speedup, speedup));
  }
}
