package io.greenformers.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.CompressionRequest.Solver;
import io.greenformers.protocol.request.RequestDocument;
import org.junit.jupiter.api.Test;

final class ChosenSolverTest {
  private static final String TEXTS =
      ", \"data\": {\"calibration\": \"c\", \"evaluation\": \"e\", \"tokenizer\": \"t\"}";

  @Test
  void examplesMakeItActivationAware() {
    assertThat(ChosenSolver.of(request("auto", ""), false).solver()).isEqualTo(Solver.SVD);
    ChosenSolver chosen = ChosenSolver.of(request("auto", TEXTS), true);
    assertThat(chosen.name()).isEqualTo("activation-aware");
    assertThat(chosen.reason()).contains("examples to calibrate with");
  }

  @Test
  void whatWasAskedForIsTaken() {
    assertThat(ChosenSolver.of(request("svd", TEXTS), true).solver()).isEqualTo(Solver.SVD);
    assertThat(ChosenSolver.of(request("snmf", ""), false).fixedRank(0)).isPresent();
  }

  @Test
  void fisherNeedsTheLossOfATask() {
    assertThatThrownBy(() -> ChosenSolver.of(request("fisher", TEXTS), true))
        .isInstanceOfSatisfying(
            UnavailableSolverException.class,
            e -> assertThat(e.code()).isEqualTo("solver-unavailable"))
        .hasMessageContaining("use 'activation-aware'");
    String labelled =
        TEXTS.replace("\"calibration\"", "\"task\": \"text-classification\", \"calibration\"");
    assertThat(ChosenSolver.of(request("fisher", labelled), true).solver())
        .isEqualTo(Solver.FISHER);
  }

  @Test
  void factorsOfOneRankCannotBeSearched() {
    CompressionRequest energy =
        RequestDocument.parseJson(
            "{\"model\": \"m\", \"solver\": \"random\", \"ranks\": {\"policy\": \"energy\", \"retained\": 0.9}}");
    assertThatThrownBy(() -> ChosenSolver.of(energy, false))
        .isInstanceOf(UnavailableSolverException.class)
        .hasMessageContaining("give budget.sizeRatio");
  }

  private static CompressionRequest request(String solver, String more) {
    return RequestDocument.parseJson(
        "{\"model\": \"m\", \"budget\": {\"sizeRatio\": 0.5}, \"solver\": \"%s\"%s}"
            .formatted(solver, more));
  }
}
