package io.greenformers.engine;

import io.greenformers.core.linalg.DecompositionException;
import io.greenformers.core.linalg.FixedRankSolver;
import io.greenformers.core.linalg.InputWeighting;
import io.greenformers.core.rewrite.BiasSlot;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.rewrite.FactorSource.FullRank;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.rewrite.MeanShift;
import io.greenformers.core.rewrite.SiteWorkers;
import io.greenformers.core.site.Site;
import io.greenformers.engine.calibration.Calibration;
import io.greenformers.engine.calibration.Observations;
import io.greenformers.engine.runtime.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Decomposes the weights of sites, in the norm of their inputs where there is a calibration set.
 */
final class Decomposer {
  /** Of the statistics that are in memory at once. */
  private static final long STATISTICS_BYTES = 512L << 20;

  private final Subject subject;
  private final StageFiles files;
  private final FactorSource source;
  private final List<Map<String, Tensor>> calibration;
  private final Optional<FixedRankSolver> fixedRank;
  private final long working;
  private final FinishedSites finished;

  /**
   * Prepares.
   *
   * @param calibration inputs by name; empty for the plain norm
   * @param fixedRank the solver, where it is not the source's own
   * @param memory for all sites that are worked on at once
   */
  Decomposer(
      Subject subject,
      StageFiles files,
      FactorSource source,
      List<Map<String, Tensor>> calibration,
      Optional<FixedRankSolver> fixedRank,
      MemoryBound memory) {
    this.subject = subject;
    this.files = files;
    this.source = source;
    this.calibration = calibration;
    this.fixedRank = fixedRank;
    this.working = memory.working();
    this.finished = FinishedSites.of(files, subject.model(), calibration);
  }

  /** Which rank of a site is the highest that may be asked for. */
  @FunctionalInterface
  interface MostRank {
    int of(Site site);
  }

  /**
   * What came of it.
   *
   * @param failures why sites could not be decomposed
   */
  record Outcome(Map<Site, Decomposition> decompositions, Map<Site, String> failures) {
    private Outcome inOrderOf(List<Site> sites) {
      Map<Site, Decomposition> ordered = new LinkedHashMap<>();
      for (Site site : sites) {
        Decomposition decomposition = decompositions.get(site);
        if (decomposition != null) {
          ordered.put(site, decomposition);
        }
      }
      return new Outcome(ordered, failures);
    }
  }

  /** Decomposes all sites that can be; an earlier attempt at the same may have done some. */
  Outcome decompose(List<Site> all, MostRank most, StageContext context) {
    Outcome outcome = new Outcome(new LinkedHashMap<>(), new LinkedHashMap<>());
    finished.find(all, most, context).forEach(outcome.decompositions()::put);
    List<Site> sites = new ArrayList<>(all);
    sites.removeAll(outcome.decompositions().keySet());
    decompose(sites, most, context, outcome);
    return outcome.inOrderOf(all);
  }

  private void decompose(List<Site> sites, MostRank most, StageContext context, Outcome outcome) {
    if (calibration.isEmpty()) {
      decompose(sites, most, Optional.empty(), context, outcome);
      return;
    }
    Calibration observed = new Calibration(subject.model(), subject.index(), calibration);
    int done = 0;
    for (List<Site> group : observed.groups(sites, STATISTICS_BYTES)) {
      double begins = (double) done / sites.size();
      done += group.size();
      StageContext part = context.part(begins, (double) done / sites.size());
      try (Observations observations =
          observed.observe(
              group,
              graph -> files.canonical(graph, "observed"),
              f ->
                  part.progress(
                      f / 2, "observing the inputs of %d sites".formatted(group.size())))) {
        decompose(group, most, Optional.of(observations), part.part(0.5, 1), outcome);
      }
    }
  }

  private sealed interface Result {
    record Decomposed(Decomposition decomposition) implements Result {}

    record Failed(String reason) implements Result {}
  }

  private void decompose(
      List<Site> sites,
      MostRank most,
      Optional<Observations> observations,
      StageContext context,
      Outcome outcome) {
    AtomicInteger begun = new AtomicInteger();
    List<Result> results =
        SiteWorkers.perCore(working)
            .map(
                sites,
                site ->
                    FactorSource.workingBytes(site, weighting(site, observations), most.of(site)),
                site -> {
                  double fraction = (double) begun.getAndIncrement() / sites.size();
                  context.progress(fraction, "decomposing " + site.name());
                  return decompose(site, most.of(site), observations);
                });
    for (int i = 0; i < sites.size(); i++) {
      Site site = sites.get(i);
      switch (results.get(i)) {
        case Result.Decomposed d -> outcome.decompositions().put(site, d.decomposition());
        case Result.Failed f -> outcome.failures().put(site, f.reason());
      }
    }
  }

  private Result decompose(Site site, int mostRank, Optional<Observations> observations) {
    try {
      if (fixedRank.isPresent()) {
        Factors factors = source.solve(site, fixedRank.get(), mostRank);
        return new Result.Decomposed(
            Decomposition.fixed(site, factors, source.retainedEnergy(site, factors)));
      }
      Site.Use use = observations.map(o -> o.use(site)).orElseGet(() -> site.uses().getFirst());
      FullRank full = source.decompose(site, use, weighting(site, observations), mostRank);
      Optional<MeanShift> shift =
          observations
              .filter(o -> isCentered(site, o))
              .flatMap(o -> o.moments(site))
              .map(moments -> source.meanShift(site, full.factors(), moments));
      finished.keep(site, mostRank, full, shift);
      return new Result.Decomposed(Decomposition.nested(site, full, shift));
    } catch (DecompositionException e) {
      return new Result.Failed(String.valueOf(e.getMessage()));
    }
  }

  private InputWeighting weighting(Site site, Optional<Observations> observations) {
    return observations
        .map(o -> o.weighting(site, isCentered(site, o)))
        .orElseGet(InputWeighting.None::new);
  }

  /** Whether a bias will restore the mean of the outputs. */
  private boolean isCentered(Site site, Observations observations) {
    return observations.moments(site).isPresent() && BiasSlot.inEveryUse(subject.index(), site);
  }
}
