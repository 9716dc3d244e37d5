package io.greenformers.engine;

import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.plan.CompressionPlan;
import io.greenformers.core.plan.Effect;
import io.greenformers.core.rewrite.FactorizePass;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.rewrite.MeanShift;
import io.greenformers.core.rewrite.RankMasks;
import io.greenformers.core.site.Site;
import io.greenformers.engine.data.ModelBatch;
import io.greenformers.engine.data.Signature;
import io.greenformers.engine.evaluation.AccuracyDrop;
import io.greenformers.engine.evaluation.Measurement;
import io.greenformers.engine.evaluation.Metric;
import io.greenformers.engine.report.Documents;
import io.greenformers.engine.runtime.Tensor;
import io.greenformers.engine.search.RankProbe;
import io.greenformers.engine.search.RankSearch;
import io.greenformers.protocol.request.CompressionRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Chooses ranks by what they do to the model's outputs on examples; with a bound on the accuracy,
 * the smallest model that keeps it on the examples to evaluate on.
 */
final class MeasuredRanks {
  /** Effects are measured around this size where the request does not say one. */
  private static final double MIDDLE = 0.5;

  private static final int BISECTIONS = 7;

  private final CompressionRequest request;
  private final RankChooser chooser;
  private final StageExamples<?> examples;
  private final Signature signature;
  private final StageContext context;
  private final List<Documents.Candidate> candidates = new ArrayList<>();

  MeasuredRanks(
      CompressionRequest request,
      RankChooser chooser,
      StageExamples<?> examples,
      Signature signature,
      StageContext context) {
    this.request = request;
    this.chooser = chooser;
    this.examples = examples;
    this.signature = signature;
    this.context = context;
  }

  /** What was measured on the way. */
  List<Documents.Candidate> candidates() {
    return List.copyOf(candidates);
  }

  /**
   * Finds ranks.
   *
   * @param judging inputs that were not calibrated with
   */
  CompressionPlan find(
      Subject subject,
      Map<Site, Decomposition> decompositions,
      List<ModelBatch> judging,
      StageFiles files) {
    try (RankProbe probe = probe(subject, decompositions, files)) {
      List<Map<String, Tensor>> batches = judging.stream().map(ModelBatch::inputs).toList();
      RankSearch search =
          new RankSearch(
              probe,
              Decomposition.spectra(decompositions),
              batches,
              context.part(0, request.budget().accuracyDrop().isPresent() ? 0.7 : 1)::progress);
      double ratio = request.budget().sizeRatio().orElse(MIDDLE);
      Map<Site, Integer> uniform =
          chooser.uniform(ratio, Decomposition.spectra(decompositions)).ranks();
      RankSearch.Found found = search.search(uniform, chooser.within(ratio));
      candidates.add(
          new Documents.Candidate(
              chooser.ratio(found.ranks()),
              Optional.of(found.distortion()),
              Optional.empty(),
              Optional.empty()));
      return request.budget().accuracyDrop().isPresent()
          ? smallest(probe, found)
          : chooser.found(found.ranks(), "distorts the outputs least within the size");
    }
  }

  private static RankProbe probe(
      Subject subject, Map<Site, Decomposition> decompositions, StageFiles files) {
    RankMasks masks = new RankMasks();
    Map<Site, Factors> factors = new LinkedHashMap<>();
    Map<Site, double[]> means = new LinkedHashMap<>();
    decompositions.forEach((site, d) -> {
      factors.put(site, d.full().factors());
      d.shift().map(MeanShift::between).ifPresent(c -> means.put(site, c));
    });
    OnnxModel masked =
        FactorizePass.masked(subject.index(), factors, masks).apply(subject.model()).model();
    return RankProbe.open(files.canonical(masked, "masked"), masks, means);
  }

  /** Bisects the size: accuracy falls with it, but for what chance does. */
  private CompressionPlan smallest(RankProbe probe, RankSearch.Found around) {
    double bound = request.budget().accuracyDrop().orElseThrow();
    List<ModelBatch> batches = examples.evaluation(signature);
    Metric metric = examples.metric(signature).orElseThrow();
    Measurement original = accuracy(metric, probe, Map.of(), batches);
    Map<Site, Effect> effects = around.effects();
    double low = chooser.leastRatio(effects);
    double high = request.budget().sizeRatio().orElse(1.0);
    Map<Site, Integer> best = high < 1 ? chooser.within(high).ranks(effects) : Map.of();
    for (int i = 0; i < BISECTIONS && low < high; i++) {
      double ratio = (low + high) / 2;
      context.progress(0.7 + 0.3 * i / BISECTIONS, "accuracy at %.2f of the size".formatted(ratio));
      Map<Site, Integer> ranks = chooser.within(ratio).ranks(effects);
      Measurement accuracy = accuracy(metric, probe, ranks, batches);
      AccuracyDrop drop =
          AccuracyDrop.of(
              metric, original, accuracy, request.evaluation().confidence(), request.seed());
      candidates.add(
          new Documents.Candidate(
              chooser.ratio(ranks),
              Optional.empty(),
              Optional.of(accuracy.value()),
              Optional.of(drop.upperBound())));
      if (drop.upperBound() <= bound) {
        best = ranks;
        high = ratio;
      } else {
        low = ratio;
      }
    }
    return chooser.found(
        best, "the smallest found that keeps the accuracy within %s".formatted(bound));
  }

  private static Measurement accuracy(
      Metric metric, RankProbe probe, Map<Site, Integer> ranks, List<ModelBatch> batches) {
    Measurement accuracy = metric.measure(batches);
    List<Map<String, Tensor>> inputs = batches.stream().map(ModelBatch::inputs).toList();
    probe.run(ranks, inputs, (i, outputs) -> accuracy.add(batches.get(i), outputs));
    return accuracy;
  }
}
