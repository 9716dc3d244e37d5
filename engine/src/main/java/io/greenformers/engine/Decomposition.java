package io.greenformers.engine;

import io.greenformers.core.linalg.Spectrum;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.rewrite.FactorSource.FullRank;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.rewrite.MeanShift;
import io.greenformers.core.site.Site;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A site's weight as factors of the highest rank that may be asked for.
 *
 * @param shift what truncation takes from the mean output, where a bias can restore it
 */
record Decomposition(Site site, FullRank full, Optional<MeanShift> shift) {

  Spectrum spectrum() {
    return full.spectrum();
  }

  /** The best factors of a rank, with the correction of the bias that belongs to them. */
  Factors truncate(int rank, FactorSource source) {
    Factors factors = source.truncate(site, full, rank);
    return shift.map(s -> factors.correctedBy(s.correction(rank))).orElse(factors);
  }

  static Map<Site, Spectrum> spectra(Map<Site, Decomposition> decompositions) {
    Map<Site, Spectrum> spectra = new LinkedHashMap<>();
    decompositions.forEach((site, d) -> spectra.put(site, d.spectrum()));
    return spectra;
  }
}
