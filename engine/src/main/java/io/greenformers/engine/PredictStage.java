package io.greenformers.engine;

import io.greenformers.core.linalg.DecompositionException;
import io.greenformers.core.linalg.InputWeighting;
import io.greenformers.core.linalg.Spectrum;
import io.greenformers.core.linalg.SvdSolver;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.plan.CompressionPlan;
import io.greenformers.core.plan.Planner;
import io.greenformers.core.plan.RankPolicy;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.rewrite.SiteWorkers;
import io.greenformers.core.site.Site;
import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.StageRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Says from the spectra of the weights which sizes are in reach, before anything is spent. */
final class PredictStage {
  private static final List<Double> RETAINED = List.of(0.99, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5);
  private static final long WORKING_BYTES = 1L << 30;

  private final StageRequest request;
  private final StageFiles files;
  private final StageContext context;

  PredictStage(StageRequest request, StageContext context) {
    this.request = request;
    this.files = new StageFiles(request);
    this.context = context;
  }

  /**
   * What {@code prediction.json} holds.
   *
   * @param sizes of the whole file
   * @param sites per site
   */
  record Prediction(int schemaVersion, List<Size> sizes, List<SiteRanks> sites) {}

  /**
   * The size if every site keeps this share of its energy; a site that then saves nothing stays.
   */
  record Size(double retainedEnergy, double sizeRatio, int factorized) {}

  /**
   * The least ranks of a site that keep so much of its energy, by the share kept; those beyond its
   * break-even rank are left out.
   */
  record SiteRanks(String name, Map<String, Integer> ranks) {}

  ChildMessage.Result run() {
    context.progress(0, "reading the model");
    OnnxModel model = files.read("original");
    try (WeightStore weights = model.weights()) {
      Subject subject =
          Subject.of(
              model, Requests.filter(request.request().ranks()), files, MemoryBound.configured());
      Map<Site, Spectrum> spectra = spectra(subject, new FactorSource(weights, SvdSolver.best()));
      files.write(
          "prediction.json",
          new Prediction(
              1,
              RETAINED.stream().map(retained -> size(retained, subject, spectra)).toList(),
              spectra.entrySet().stream().map(e -> ranks(e.getKey(), e.getValue())).toList()));
      context.progress(1, "predicted");
      return new ChildMessage.Result(true, "", List.of("prediction.json"));
    }
  }

  private Map<Site, Spectrum> spectra(Subject subject, FactorSource source) {
    List<Site> sites = new ArrayList<>(subject.open());
    AtomicInteger begun = new AtomicInteger();
    List<Optional<Spectrum>> found =
        SiteWorkers.perCore(WORKING_BYTES)
            .map(
                sites,
                site -> FactorSource.workingBytes(site, new InputWeighting.None(), breakEven(site)),
                site -> {
                  double fraction = (double) begun.getAndIncrement() / sites.size();
                  context.progress(fraction, "reading the spectrum of " + site.name());
                  return spectrum(site, source);
                });
    Map<Site, Spectrum> spectra = new LinkedHashMap<>();
    for (int i = 0; i < sites.size(); i++) {
      Site site = sites.get(i);
      found.get(i).ifPresent(spectrum -> spectra.put(site, spectrum));
    }
    return spectra;
  }

  /** Empty where the weight holds what cannot be decomposed. */
  private static Optional<Spectrum> spectrum(Site site, FactorSource source) {
    try {
      return Optional.of(source.spectrum(site, breakEven(site)));
    } catch (DecompositionException e) {
      return Optional.empty();
    }
  }

  private static int breakEven(Site site) {
    return Math.clamp((long) Math.floor(site.breakEvenRank()), 1, site.fullRank());
  }

  private Size size(double retained, Subject subject, Map<Site, Spectrum> spectra) {
    int multipleOf = request.request().ranks().multipleOf();
    CompressionPlan plan =
        new Planner(new RankPolicy.Energy(retained), multipleOf, subject.size())
            .plan(List.copyOf(spectra.keySet()), Map.of(), spectra);
    double bytes = subject.size().predict(plan.ranks());
    return new Size(retained, bytes / subject.model().fileBytes(), plan.ranks().size());
  }

  private static SiteRanks ranks(Site site, Spectrum spectrum) {
    Map<String, Integer> ranks = new LinkedHashMap<>();
    for (double retained : RETAINED) {
      int rank = spectrum.rankForEnergy(retained);
      if (spectrum.retainedEnergy(rank) >= retained) {
        ranks.put(Double.toString(retained), rank);
      }
    }
    return new SiteRanks(site.name(), ranks);
  }
}
