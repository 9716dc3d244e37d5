package io.greenformers.engine;

import io.greenformers.core.linalg.DecompositionException;
import io.greenformers.core.linalg.Spectrum;
import io.greenformers.core.linalg.SvdSolver;
import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.plan.CompressionPlan;
import io.greenformers.core.plan.Decision;
import io.greenformers.core.plan.FileSize;
import io.greenformers.core.plan.Planner;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.rewrite.FactorSource.FullRank;
import io.greenformers.core.rewrite.FactorizePass;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteFinder;
import io.greenformers.engine.evaluation.Parity;
import io.greenformers.engine.report.Documents;
import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.StageRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Decomposes, plans, proves the rewrite at full rank, and writes the compressed model. */
final class FactorizeStage {
  private static final double PARITY = 1e-4;

  /** fp16 and bf16 round each factor to a few bits. */
  private static final double HALF_PARITY = 2e-2;

  private final StageRequest request;
  private final StageFiles files;
  private final StageContext context;
  private final Map<Site, String> objections = new LinkedHashMap<>();
  private final Map<Site, FullRank> decomposed = new LinkedHashMap<>();

  FactorizeStage(StageRequest request, StageContext context) {
    this.request = request;
    this.files = new StageFiles(request);
    this.context = context;
  }

  ChildMessage.Result run() {
    context.progress(0, "reading the model");
    OnnxModel model = files.read("original");
    try (WeightStore weights = model.weights()) {
      GraphIndex index = GraphIndex.of(model);
      List<Site> sites = SiteFinder.find(model, index);
      Path canonical = files.canonical(model, "canonical");
      FactorSource source = new FactorSource(weights, SvdSolver.best());
      decompose(sites, source);
      CompressionPlan plan = plan(sites, model.fileBytes(), canonical);
      context.progress(0.75, "proving the rewrite at full rank");
      Parity parity = prove(model, index, plan, canonical);
      context.progress(0.9, "writing the compressed model");
      return write(model, index, plan, source, parity);
    }
  }

  private void decompose(List<Site> sites, FactorSource source) {
    var filter = Requests.filter(request.request().ranks());
    int done = 0;
    for (Site site : sites) {
      context.progress(0.7 * done++ / sites.size(), "decomposing " + site.name());
      filter.objection(site).ifPresent(o -> objections.put(site, o));
      if (!objections.containsKey(site)) {
        try {
          decomposed.put(site, source.decompose(site));
        } catch (DecompositionException e) {
          objections.put(site, String.valueOf(e.getMessage()));
        }
      }
    }
  }

  private CompressionPlan plan(List<Site> sites, long originalBytes, Path canonical) {
    Map<Site, Spectrum> spectra = new LinkedHashMap<>();
    decomposed.forEach((site, full) -> spectra.put(site, full.spectrum()));
    FileSize size = new FileSize(originalBytes, directoryBytes(canonical));
    return new Planner(
            Requests.policy(request.request()), request.request().ranks().multipleOf(), size)
        .plan(sites, objections, spectra);
  }

  /** Nothing is truncated before the same rewrite, at full rank, gives the original's outputs. */
  private Parity prove(OnnxModel model, GraphIndex index, CompressionPlan plan, Path canonical) {
    Map<Site, Factors> full = new LinkedHashMap<>();
    plan.ranks().keySet().forEach(s -> full.put(s, fullRank(s).factors()));
    OnnxModel rewritten = new FactorizePass(index, full).apply(model).model();
    Path path = files.canonical(rewritten, "full-rank");
    Parity parity =
        Comparison.parity(canonical, path, Comparison.random(index, request.request().seed()));
    boolean half =
        full.keySet().stream()
            .anyMatch(s -> s.type() == DataType.FLOAT16 || s.type() == DataType.BFLOAT16);
    if (!parity.within(half ? HALF_PARITY : PARITY)) {
      throw new IllegalStateException(
          "the full-rank rewrite differs from the original by %.2g of its largest output; nothing was"
                  .formatted(parity.maxRelative())
              + " compressed; please report this model");
    }
    return parity;
  }

  private ChildMessage.Result write(
      OnnxModel model, GraphIndex index, CompressionPlan plan, FactorSource source, Parity parity) {
    Map<Site, Factors> factors = new LinkedHashMap<>();
    plan.ranks().forEach((s, r) -> factors.put(s, source.truncate(s, fullRank(s), r)));
    OnnxModel compressed = new FactorizePass(index, factors).apply(model).model();
    ModelFiles written =
        ModelWriter.write(compressed, files.output("compressed"), StageFiles.MODEL);
    long before = model.fileBytes();
    long after = directoryBytes(written.model());
    Documents.Size size =
        new Documents.Size(
            before,
            after,
            (double) after / before,
            InspectStage.parameters(model),
            InspectStage.parameters(compressed));
    files.write(
        "factorization.json", new Documents.Factorization(1, "svd", size, parity, rows(plan)));
    List<String> artifacts =
        new ArrayList<>(List.of("factorization.json", "compressed/model.onnx"));
    written.external().keySet().forEach(name -> artifacts.add("compressed/" + name));
    return new ChildMessage.Result(true, "", artifacts);
  }

  private List<Documents.SiteDecision> rows(CompressionPlan plan) {
    List<Documents.SiteDecision> rows = new ArrayList<>();
    plan.decisions()
        .forEach((site, decision) -> {
          int rank = plan.ranks().getOrDefault(site, 0);
          rows.add(
              new Documents.SiteDecision(
                  site.name(),
                  Documents.lower(site.kind()),
                  site.uses().getFirst().role().operator(),
                  List.of(site.rows(), site.columns()),
                  switch (decision) {
                    case Decision.Keep k -> "keep";
                    case Decision.Factorize f -> "factorize";
                  },
                  rank,
                  rank == 0 ? 1 : fullRank(site).spectrum().retainedEnergy(rank),
                  decision.reason()));
        });
    return rows;
  }

  private FullRank fullRank(Site site) {
    return Objects.requireNonNull(decomposed.get(site), site.name());
  }

  private static long directoryBytes(Path model) {
    long data = model.resolveSibling(model.getFileName() + ".data").toFile().length();
    return model.toFile().length() + data;
  }
}
