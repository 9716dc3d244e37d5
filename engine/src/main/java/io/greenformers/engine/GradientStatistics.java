package io.greenformers.engine;

import io.greenformers.core.linalg.InputWeighting.Rows;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.site.Site;
import io.greenformers.engine.data.ModelBatch;
import io.greenformers.engine.op.ExecutorSettings;
import io.greenformers.engine.op.GraphExecutor;
import io.greenformers.engine.recovery.FisherInformation;
import io.greenformers.engine.torch.ComputeDevice;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How the rows of sites' weights weigh by the Fisher information of a model on examples. */
final class GradientStatistics {
  /** Of the mean over a table's rows: a token that was not seen may still come. */
  private static final double UNSEEN = 0.05;

  private GradientStatistics() {}

  /**
   * Differentiates the loss of each example by the sites' weights. A weight that is not in the main
   * graph, or that the loss does not depend on, is not among the result.
   *
   * @param examples one to a batch, with targets
   */
  static SiteStatistics.OfGradients of(
      OnnxModel model, List<Site> sites, List<ModelBatch> examples, StageContext context) {
    // a weight that is used both ways weighs as its first use meets it
    Map<String, Boolean> byRows = new HashMap<>();
    sites.stream()
        .filter(site -> site.weight().graph() == 0)
        .forEach(site -> byRows.put(site.weight().name(), site.uses().getFirst().contractsRows()));
    ComputeDevice device = ComputeDevice.best();
    try (GraphExecutor executor =
        GraphExecutor.of(model, ExecutorSettings.inference(device).training(byRows::containsKey))) {
      Map<String, double[]> sums =
          new FisherInformation(executor, device, name -> byRows.getOrDefault(name, true))
              .sums(
                  examples,
                  done ->
                      context.progress(
                          done, "differentiating %d examples".formatted(examples.size())));
      return new SiteStatistics.OfGradients(rows(sites, sums));
    }
  }

  private static Map<Site, Rows> rows(List<Site> sites, Map<String, double[]> sums) {
    Map<Site, Rows> rows = new LinkedHashMap<>();
    for (Site site : sites) {
      double[] found = sums.get(site.weight().name());
      if (found != null && site.weight().graph() == 0) {
        rows.put(site, new Rows(site.kind() == Site.Kind.EMBEDDING ? smoothed(found) : found));
      }
    }
    return rows;
  }

  private static double[] smoothed(double[] sums) {
    double floor = UNSEEN * Arrays.stream(sums).filter(sum -> sum > 0).average().orElse(0);
    return Arrays.stream(sums).map(sum -> sum + floor).toArray();
  }
}
