package io.greenformers.engine;

import io.greenformers.core.linalg.Spectrum;
import io.greenformers.engine.report.Documents;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Spectra as the report draws them: few points, closest where a spectrum is steep. */
final class SpectrumCurves {
  private static final int POINTS = 24;
  private static final double DENSER_AT_FIRST = 1.5;
  private static final double DECIMALS = 1e5;

  private SpectrumCurves() {}

  /** Empty for a solver without a spectrum. */
  static Optional<Documents.SpectrumCurve> of(Spectrum spectrum) {
    if (spectrum.size() == 0) {
      return Optional.empty();
    }
    List<Integer> ranks =
        IntStream.range(0, POINTS)
            .map(i -> {
              double along = Math.pow((double) i / (POINTS - 1), DENSER_AT_FIRST);
              return 1 + (int) Math.round(along * (spectrum.size() - 1));
            })
            .distinct()
            .boxed()
            .toList();
    double largest = Math.max(spectrum.value(0), Double.MIN_NORMAL);
    return Optional.of(
        new Documents.SpectrumCurve(
            ranks,
            ranks.stream().map(rank -> rounded(spectrum.value(rank - 1) / largest)).toList(),
            ranks.stream().map(rank -> rounded(spectrum.retainedEnergy(rank))).toList()));
  }

  private static double rounded(double value) {
    return Math.round(value * DECIMALS) / DECIMALS;
  }
}
