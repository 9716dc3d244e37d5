package io.greenformers.engine;

import io.greenformers.core.linalg.DecompositionException;
import io.greenformers.core.linalg.FixedRankSolver;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.rewrite.FactorSource.FullRank;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.rewrite.MeanShift;
import io.greenformers.core.rewrite.SiteWorkers;
import io.greenformers.core.site.Site;
import io.greenformers.engine.calibration.Calibration;
import io.greenformers.engine.calibration.Observations;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Decomposes the weights of sites, in the norm that statistics of them say. */
final class Decomposer {
  /** Of the statistics that are in memory at once. */
  private static final long STATISTICS_BYTES = 512L << 20;

  private final Subject subject;
  private final StageFiles files;
  private final FactorSource source;
  private final SiteStatistics statistics;
  private final Optional<FixedRankSolver> fixedRank;
  private final long working;
  private final FinishedSites finished;

  /**
   * Prepares.
   *
   * @param fixedRank the solver, where it is not the source's own
   * @param memory for all sites that are worked on at once
   */
  Decomposer(
      Subject subject,
      StageFiles files,
      FactorSource source,
      SiteStatistics statistics,
      Optional<FixedRankSolver> fixedRank,
      MemoryBound memory) {
    this.subject = subject;
    this.files = files;
    this.source = source;
    this.statistics = statistics;
    this.fixedRank = fixedRank;
    this.working = memory.working();
    this.finished = FinishedSites.of(files, subject.model(), statistics);
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
    switch (statistics) {
      case SiteStatistics.None n -> decompose(sites, most, Norms.plain(), context, outcome);
      case SiteStatistics.OfGradients(var rows) -> {
        List<Site> known = sites.stream().filter(rows::containsKey).toList();
        sites.stream()
            .filter(site -> !rows.containsKey(site))
            .forEach(site -> outcome.failures().put(site, "the loss has no gradient at it"));
        decompose(known, most, Norms.of(rows), context, outcome);
      }
      case SiteStatistics.OfInputs(var batches, var counted) ->
          decompose(
              sites,
              most,
              new Calibration(subject.model(), subject.index(), batches, counted),
              context,
              outcome);
    }
  }

  private void decompose(
      List<Site> sites,
      MostRank most,
      Calibration calibration,
      StageContext context,
      Outcome outcome) {
    int done = 0;
    for (List<Site> group : calibration.groups(sites, STATISTICS_BYTES)) {
      double begins = (double) done / sites.size();
      done += group.size();
      StageContext part = context.part(begins, (double) done / sites.size());
      try (Observations observations =
          calibration.observe(
              group,
              graph -> files.canonical(graph, "observed"),
              f ->
                  part.progress(
                      f / 2, "observing the inputs of %d sites".formatted(group.size())))) {
        decompose(group, most, Norms.of(observations, subject.index()), part.part(0.5, 1), outcome);
      }
    }
  }

  private sealed interface Result {
    record Decomposed(Decomposition decomposition) implements Result {}

    record Failed(String reason) implements Result {}
  }

  private void decompose(
      List<Site> sites, MostRank most, Norms norms, StageContext context, Outcome outcome) {
    AtomicInteger begun = new AtomicInteger();
    List<Result> results =
        SiteWorkers.perCore(working)
            .map(
                sites,
                site -> FactorSource.workingBytes(site, norms.weighting(site), most.of(site)),
                site -> {
                  double fraction = (double) begun.getAndIncrement() / sites.size();
                  context.progress(fraction, "decomposing " + site.name());
                  return decompose(site, most.of(site), norms);
                });
    for (int i = 0; i < sites.size(); i++) {
      Site site = sites.get(i);
      switch (results.get(i)) {
        case Result.Decomposed d -> outcome.decompositions().put(site, d.decomposition());
        case Result.Failed f -> outcome.failures().put(site, f.reason());
      }
    }
  }

  private Result decompose(Site site, int mostRank, Norms norms) {
    try {
      if (fixedRank.isPresent()) {
        Factors factors = source.solve(site, fixedRank.get(), mostRank);
        return new Result.Decomposed(
            Decomposition.fixed(site, factors, source.retainedEnergy(site, factors)));
      }
      FullRank full = source.decompose(site, norms.use(site), norms.weighting(site), mostRank);
      Optional<MeanShift> shift =
          norms.restoredMeans(site).map(moments -> source.meanShift(site, full.factors(), moments));
      finished.keep(site, mostRank, full, shift);
      return new Result.Decomposed(Decomposition.nested(site, full, shift));
    } catch (DecompositionException e) {
      return new Result.Failed(String.valueOf(e.getMessage()));
    }
  }
}
