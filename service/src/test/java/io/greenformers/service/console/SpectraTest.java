package io.greenformers.service.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

final class SpectraTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final ModelSites MODEL =
      ModelSites.of(
          JSON.readTree(
              """
              {"opset": 17, "producer": "p", "parameters": 300, "sites": [
                {"name": "linear", "kind": "linear", "shape": [10, 10], "operators": ["MatMul"], "parameters": 100},
                {"name": "table", "kind": "embedding", "shape": [20, 10], "operators": ["Gather"], "parameters": 200}]}
              """));
  private static final Spectra SPECTRA =
      Spectra.of(
          JSON.readTree(
              """
              {"schemaVersion": 1,
               "sizes": [{"retainedEnergy": 0.95, "sizeRatio": 0.9, "factorized": 1},
                         {"retainedEnergy": 0.9, "sizeRatio": 0.6, "factorized": 2}],
               "sites": [{"name": "linear", "ranks": {"0.9": 2}}, {"name": "table", "ranks": {"0.9": 6, "0.95": 7}}]}
              """),
          MODEL);

  @Test
  void theLargestSiteComesFirst() {
    assertThat(MODEL.sites())
        .extracting(ModelSites.SiteRow::name)
        .containsExactly("table", "linear");
  }

  @Test
  void aTableIsNotMultipliedWith() {
    assertThat(SPECTRA.points().get(1).work()).isEqualTo(2.0 * (10 + 10) / 100);
  }

  @Test
  void aSiteWithoutARankStaysWhole() {
    assertThat(SPECTRA.points().getFirst().work()).isEqualTo(1);
  }

  @Test
  void factorsThatSaveNothingAreNotShown() {
    assertThat(SPECTRA.left(MODEL.sites().get(1))).contains(0.4);
    assertThat(SPECTRA.left(MODEL.sites().getFirst())).contains(6 * 30 / 200.0);
    assertThat(new ModelSites.Shape(10, 10).ratio(5)).isEqualTo(1);
  }

  @Test
  void saysHowSmallAFileTheSpectraReach() {
    assertThat(SPECTRA.smallest()).isEqualTo(0.6);
  }
}
