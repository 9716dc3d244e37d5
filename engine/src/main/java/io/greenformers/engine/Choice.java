package io.greenformers.engine;

import io.greenformers.core.linalg.Spectrum;
import io.greenformers.core.plan.CompressionPlan;
import io.greenformers.core.plan.Decision;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.site.Site;
import io.greenformers.engine.report.Documents;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What was decided, and everything that it takes to carry it out.
 *
 * @param decompositions of every site that is factorized
 * @param spectra of every site that was decomposed whole
 * @param candidates what was measured on the way
 */
record Choice(
    CompressionPlan plan,
    Map<Site, Decomposition> decompositions,
    Map<Site, Spectrum> spectra,
    List<Documents.Candidate> candidates) {

  Map<Site, Factors> factors(Map<Site, Integer> ranks, FactorSource source) {
    Map<Site, Factors> factors = new LinkedHashMap<>();
    ranks.forEach((site, rank) -> factors.put(site, decomposition(site).truncate(rank, source)));
    return factors;
  }

  private Decomposition decomposition(Site site) {
    return Objects.requireNonNull(decompositions.get(site), site.name());
  }

  /** The same with sites that go back to dense, and why. */
  Choice without(Map<Site, String> reverted) {
    Map<Site, Decision> decisions = new LinkedHashMap<>(plan.decisions());
    reverted.forEach((site, reason) -> decisions.put(site, new Decision.Keep(reason)));
    return new Choice(new CompressionPlan(decisions), decompositions, spectra, candidates);
  }

  /** The decisions as documents have them. */
  List<Documents.SiteDecision> rows() {
    List<Documents.SiteDecision> rows = new ArrayList<>();
    plan.decisions()
        .forEach((site, decision) ->
            rows.add(
                switch (decision) {
                  case Decision.Keep keep -> row(site, "keep", 0, 1, keep.reason());
                  case Decision.Factorize f ->
                      row(
                          site,
                          "factorize",
                          f.rank(),
                          decomposition(site).retainedEnergy(f.rank()),
                          f.reason());
                }));
    return rows;
  }

  private Documents.SiteDecision row(
      Site site, String decision, int rank, double retained, String reason) {
    return new Documents.SiteDecision(
        site.name(),
        Documents.lower(site.kind()),
        site.uses().getFirst().role().operator(),
        List.of(site.rows(), site.columns()),
        decision,
        rank,
        retained,
        reason,
        Optional.ofNullable(spectra.get(site)).flatMap(SpectrumCurves::of));
  }
}
