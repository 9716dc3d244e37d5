package io.greenformers.engine;

import io.greenformers.engine.data.ModelBatch;
import io.greenformers.engine.data.Signature;
import io.greenformers.engine.evaluation.AccuracyDrop;
import io.greenformers.engine.evaluation.Fidelity;
import io.greenformers.engine.evaluation.Measurement;
import io.greenformers.engine.evaluation.Metric;
import io.greenformers.engine.report.Report;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import io.greenformers.protocol.request.CompressionRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs both models on the very same batches of examples, as a server would run them, batch by batch
 * so that no outputs pile up.
 */
final class ExampleComparison {
  private static final double BEGINS = 0.1;
  private static final double TAKES = 0.2;

  private final StageExamples<?> examples;
  private final CompressionRequest request;
  private final StageContext context;

  ExampleComparison(StageExamples<?> examples, CompressionRequest request, StageContext context) {
    this.examples = examples;
    this.request = request;
    this.context = context;
  }

  /** How the compressed model differs; accuracy where it is known what is right. */
  record Outcome(Fidelity fidelity, Optional<Report.AccuracyFigures> accuracy) {}

  Outcome run(Path before, Path after, Map<String, Long> bounds) {
    try (ModelSession original = ModelSession.open(before, Optimization.ALL);
        ModelSession compressed = ModelSession.open(after, Optimization.ALL)) {
      Signature signature = new Signature(original.inputs(), bounds);
      List<ModelBatch> batches = examples.evaluation(signature);
      Fidelity fidelity = new Fidelity();
      Optional<Pair> measured = examples.metric(signature).map(metric -> new Pair(metric, batches));
      int done = 0;
      for (ModelBatch batch : batches) {
        context.progress(BEGINS + TAKES * done++ / batches.size(), "comparing on your examples");
        Map<String, Tensor> expected = original.run(batch.inputs());
        Map<String, Tensor> found = compressed.run(batch.inputs());
        fidelity.add(batch, expected, found);
        measured.ifPresent(m -> m.add(batch, expected, found));
      }
      return new Outcome(
          fidelity, measured.map(m -> figures(m, examples.evaluationSplit(signature))));
    }
  }

  /** One metric of both models. */
  private record Pair(Metric metric, Measurement original, Measurement compressed) {
    Pair(Metric metric, List<ModelBatch> batches) {
      this(metric, metric.measure(batches), metric.measure(batches));
    }

    void add(ModelBatch batch, Map<String, Tensor> expected, Map<String, Tensor> found) {
      original.add(batch, expected);
      compressed.add(batch, found);
    }
  }

  private Report.AccuracyFigures figures(Pair models, String split) {
    context.progress(BEGINS + TAKES, "comparing the models' " + models.metric().key());
    AccuracyDrop drop =
        AccuracyDrop.of(
            models.metric(),
            models.original(),
            models.compressed(),
            request.evaluation().confidence(),
            request.seed());
    return new Report.AccuracyFigures(
        models.metric().key(),
        split,
        models.original().samples(),
        models.original().value(),
        models.compressed().value(),
        drop.drop(),
        drop.lowerBound(),
        drop.upperBound(),
        drop.confidence());
  }
}
