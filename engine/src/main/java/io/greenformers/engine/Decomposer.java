package io.greenformers.engine;

import io.greenformers.core.linalg.DecompositionException;
import io.greenformers.core.linalg.InputWeighting;
import io.greenformers.core.rewrite.BiasSlot;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.rewrite.FactorSource.FullRank;
import io.greenformers.core.rewrite.MeanShift;
import io.greenformers.core.site.Site;
import io.greenformers.engine.calibration.Calibration;
import io.greenformers.engine.calibration.Observations;
import io.greenformers.engine.runtime.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decomposes the weights of sites, in the norm of their inputs where there is a calibration set.
 */
final class Decomposer {
  /** Of the statistics that are in memory at once. */
  private static final long MOST_BYTES = 512L << 20;

  private final Subject subject;
  private final StageFiles files;
  private final FactorSource source;
  private final List<Map<String, Tensor>> calibration;
  private final Map<Site, Decomposition> done = new LinkedHashMap<>();
  private final Map<Site, String> failures = new LinkedHashMap<>();

  /**
   * Prepares.
   *
   * @param calibration inputs by name; empty for the plain norm
   */
  Decomposer(
      Subject subject,
      StageFiles files,
      FactorSource source,
      List<Map<String, Tensor>> calibration) {
    this.subject = subject;
    this.files = files;
    this.source = source;
    this.calibration = calibration;
  }

  /** Which rank of a site is the highest that may be asked for. */
  @FunctionalInterface
  interface MostRank {
    int of(Site site);
  }

  /**
   * Decomposes all sites that can be.
   *
   * @return by site, in the order given
   */
  Map<Site, Decomposition> decompose(List<Site> sites, MostRank most, StageContext context) {
    Calibration observed = new Calibration(subject.model(), subject.index(), calibration);
    List<List<Site>> groups =
        calibration.isEmpty() ? List.of(sites) : observed.groups(sites, MOST_BYTES);
    double begun = 0;
    for (List<Site> group : groups) {
      double ends = begun + (double) group.size() / sites.size();
      StageContext part = context.part(begun, ends);
      try (Observations observations =
          observed.observe(
              calibration.isEmpty() ? List.of() : group,
              graph -> files.canonical(graph, "observed"),
              f -> part.progress(f / 2, "observing %d sites".formatted(group.size())))) {
        decompose(group, most, observations, part.part(calibration.isEmpty() ? 0 : 0.5, 1));
      }
      begun = ends;
    }
    return done;
  }

  /** Why sites could not be decomposed. */
  Map<Site, String> failures() {
    return failures;
  }

  private void decompose(
      List<Site> group, MostRank most, Observations observations, StageContext context) {
    int begun = 0;
    for (Site site : group) {
      context.progress((double) begun++ / group.size(), "decomposing " + site.name());
      try {
        done.put(site, decompose(site, most.of(site), observations));
      } catch (DecompositionException e) {
        failures.put(site, String.valueOf(e.getMessage()));
      }
    }
  }

  private Decomposition decompose(Site site, int mostRank, Observations observations) {
    boolean centered =
        observations.moments(site).isPresent() && BiasSlot.inEveryUse(subject.index(), site);
    InputWeighting weighting = observations.weighting(site, centered);
    FullRank full = source.decompose(site, weighting, mostRank);
    Optional<MeanShift> shift =
        observations
            .moments(site)
            .filter(m -> centered)
            .map(m -> source.meanShift(site, full.factors(), m));
    return new Decomposition(site, full, shift);
  }
}
