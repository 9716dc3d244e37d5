package io.greenformers.engine;

import io.greenformers.engine.data.TextBatch;
import io.greenformers.engine.evaluation.Accuracy;
import io.greenformers.engine.evaluation.AccuracyDrop;
import io.greenformers.engine.evaluation.Fidelity;
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
 * Runs both models on the very same batches of texts, as a server would run them, batch by batch so
 * that no outputs pile up.
 */
final class TextComparison {
  private static final double BEGINS = 0.1;
  private static final double TAKES = 0.2;

  private final StageTexts texts;
  private final CompressionRequest request;
  private final StageContext context;

  TextComparison(StageTexts texts, CompressionRequest request, StageContext context) {
    this.texts = texts;
    this.request = request;
    this.context = context;
  }

  /** How the compressed model differs; accuracy where there are labels. */
  record Outcome(Fidelity fidelity, Optional<Report.AccuracyFigures> accuracy) {}

  Outcome run(Path before, Path after, Map<String, Long> bounds) {
    try (ModelSession original = ModelSession.open(before, Optimization.ALL);
        ModelSession compressed = ModelSession.open(after, Optimization.ALL)) {
      List<TextBatch> batches = texts.evaluation(original.inputs(), bounds);
      Fidelity fidelity = new Fidelity();
      Accuracy first = new Accuracy(batches);
      Accuracy second = new Accuracy(batches);
      int done = 0;
      for (TextBatch batch : batches) {
        context.progress(BEGINS + TAKES * done++ / batches.size(), "comparing on your texts");
        Map<String, Tensor> expected = original.run(batch.inputs());
        Map<String, Tensor> found = compressed.run(batch.inputs());
        fidelity.add(batch, expected, found);
        if (texts.hasLabels()) {
          first.add(batch, expected);
          second.add(batch, found);
        }
      }
      return new Outcome(
          fidelity, texts.hasLabels() ? Optional.of(figures(first, second)) : Optional.empty());
    }
  }

  private Report.AccuracyFigures figures(Accuracy original, Accuracy compressed) {
    AccuracyDrop drop =
        AccuracyDrop.of(original, compressed, request.evaluation().confidence(), request.seed());
    return new Report.AccuracyFigures(
        "accuracy",
        texts.evaluationSplit(),
        original.samples(),
        original.value(),
        compressed.value(),
        drop.drop(),
        drop.upperBound(),
        drop.confidence());
  }
}
