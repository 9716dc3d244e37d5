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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

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
    Set<String> names =
        sites.stream()
            .filter(site -> site.weight().graph() == 0)
            .map(site -> site.weight().name())
            .collect(Collectors.toSet());
    ComputeDevice device = ComputeDevice.best();
    try (GraphExecutor executor =
        GraphExecutor.of(model, ExecutorSettings.inference(device).training(names::contains))) {
      FisherInformation found =
          FisherInformation.of(
              executor,
              device,
              examples,
              done ->
                  context.progress(done, "differentiating %d examples".formatted(examples.size())));
      return new SiteStatistics.OfGradients(rows(sites, found));
    }
  }

  private static Map<Site, Rows> rows(List<Site> sites, FisherInformation found) {
    Map<Site, Rows> rows = new LinkedHashMap<>();
    for (Site site : sites) {
      boolean byRows = site.uses().getFirst().contractsRows();
      double[] sums = (byRows ? found.rows() : found.columns()).get(site.weight().name());
      if (sums != null && site.weight().graph() == 0) {
        rows.put(site, new Rows(site.kind() == Site.Kind.EMBEDDING ? smoothed(sums) : sums));
      }
    }
    return rows;
  }

  private static double[] smoothed(double[] sums) {
    double floor = UNSEEN * Arrays.stream(sums).filter(sum -> sum > 0).average().orElse(0);
    return Arrays.stream(sums).map(sum -> sum + floor).toArray();
  }
}
