package io.greenformers.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.core.linalg.Spectrum;
import io.greenformers.engine.report.Documents;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SpectrumCurvesTest {
  @Test
  void goesFromTheFirstToTheLastRankAndRises() {
    Spectrum spectrum =
        new Spectrum(IntStream.range(0, 384).mapToDouble(i -> 5.0 / (1 + i)).toArray());
    Documents.SpectrumCurve curve = SpectrumCurves.of(spectrum).orElseThrow();
    assertThat(curve.ranks()).hasSize(24).startsWith(1).endsWith(384).isSorted();
    assertThat(curve.values()).startsWith(1.0);
    assertThat(curve.retained()).isSorted().endsWith(1.0);
  }

  @Test
  void aSpectrumOfOneValueIsOnePoint() {
    assertThat(SpectrumCurves.of(new Spectrum(3)).orElseThrow().ranks()).containsExactly(1);
  }

  @Test
  void aSolverWithoutASpectrumHasNoCurve() {
    assertThat(SpectrumCurves.of(new Spectrum())).isEmpty();
  }
}
