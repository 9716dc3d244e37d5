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
import java.util.OptionalDouble;

/**
 * A site's weight as factors of the highest rank that may be asked for.
 *
 * @param shift what truncation takes from the mean output, where a bias can restore it
 * @param retained share of the energy in the factors, of a solver without a spectrum
 */
record Decomposition(Site site, FullRank full, Optional<MeanShift> shift, OptionalDouble retained) {

  /** With a spectrum: the factors of any lower rank are part of these. */
  static Decomposition nested(Site site, FullRank full, Optional<MeanShift> shift) {
    return new Decomposition(site, full, shift, OptionalDouble.empty());
  }

  /** Of a solver whose factors are good for their own rank only. */
  static Decomposition fixed(Site site, Factors factors, double retained) {
    return new Decomposition(
        site, new FullRank(new Spectrum(), factors), Optional.empty(), OptionalDouble.of(retained));
  }

  Spectrum spectrum() {
    return full.spectrum();
  }

  /** Σσ²kept/Σσ² at a rank, in the norm of the solver. */
  double retainedEnergy(int rank) {
    return retained.orElseGet(() -> spectrum().retainedEnergy(rank));
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
