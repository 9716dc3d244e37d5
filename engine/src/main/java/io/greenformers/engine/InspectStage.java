package io.greenformers.engine;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.Tensors;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteFinder;
import io.greenformers.engine.report.Documents;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.timing.WeightlessModel;
import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.StageRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Validates a model, proves that ONNX Runtime accepts it, and lists its sites. */
final class InspectStage {
  private final StageFiles files;
  private final StageContext context;
  private final MemoryBound memory;

  InspectStage(StageRequest request, StageContext context, MemoryBound memory) {
    this.memory = memory;
    this.files = new StageFiles(request);
    this.context = context;
  }

  /** What {@code inspection.json} holds. */
  record Inspection(
      int schemaVersion,
      long irVersion,
      long opset,
      String producer,
      long bytes,
      List<String> externalData,
      long parameters,
      List<String> remarks,
      List<SiteRow> sites) {}

  /**
   * A site, before anything is decided.
   *
   * @param obstacle why it cannot be factorized; absent where it can
   */
  record SiteRow(
      String name,
      String kind,
      List<String> operators,
      List<Integer> shape,
      String type,
      long parameters,
      double breakEvenRank,
      Optional<String> obstacle) {
    static SiteRow of(Site site) {
      return new SiteRow(
          site.name(),
          Documents.lower(site.kind()),
          site.uses().stream().map(u -> u.role().operator()).distinct().toList(),
          List.of(site.rows(), site.columns()),
          Documents.lower(site.type()),
          site.parameters(),
          site.breakEvenRank(),
          site.obstacle());
    }
  }

  ChildMessage.Result run() {
    context.progress(0, "reading the model");
    OnnxModel model = files.read("original");
    try (WeightStore weights = model.weights()) {
      ModelSession.prepare();
      GraphIndex index = GraphIndex.of(model);
      List<Site> sites = SiteFinder.find(model, index);
      List<String> remarks = new ArrayList<>(LeftAlone.remarks(index, sites));
      remarks.addAll(LinformerFindings.of(model).remarks());
      context.progress(0.4, "loading it in ONNX Runtime");
      ModelSession.open(runnable(model, index), Optimization.NONE).close();
      files.write(
          "inspection.json",
          new Inspection(
              1,
              model.proto().getIrVersion(),
              model.opset(),
              model.proto().getProducerName() + " " + model.proto().getProducerVersion(),
              model.fileBytes(),
              model.externalFiles(),
              parameters(model),
              remarks,
              sites.stream().map(SiteRow::of).toList()));
      context.progress(1, "found %d sites".formatted(sites.size()));
      return new ChildMessage.Result(true, "", List.of("inspection.json"));
    }
  }

  /** What ONNX Runtime accepts if it accepts the model; it maps, or copies, even weights unread. */
  private Path runnable(OnnxModel model, GraphIndex index) {
    return memory.canRun(model.fileBytes())
        ? files.outline(model)
        : files.canonical(WeightlessModel.of(model, index), "weightless");
  }

  static long parameters(OnnxModel model) {
    return model.proto().getGraph().getInitializerList().stream()
        .filter(t -> Tensors.type(t).isFloating())
        .mapToLong(t -> Tensors.elements(t.getDimsList()))
        .sum();
  }
}
