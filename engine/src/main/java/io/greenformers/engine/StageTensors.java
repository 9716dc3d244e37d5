package io.greenformers.engine;

import io.greenformers.engine.data.ExampleSets;
import io.greenformers.engine.data.InvalidDatasetException;
import io.greenformers.engine.data.LabelKind;
import io.greenformers.engine.data.Signature;
import io.greenformers.engine.data.TensorBatch;
import io.greenformers.engine.data.TensorBatches;
import io.greenformers.engine.data.TensorFormat;
import io.greenformers.engine.data.TensorReading;
import io.greenformers.engine.data.TensorRow;
import io.greenformers.engine.data.TrainingSet;
import io.greenformers.engine.evaluation.Metric;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.Examples;
import java.util.List;
import java.util.Optional;

/** Ready tensors; their labels say themselves what they are. Not thread-safe. */
final class StageTensors extends StageExamples<TensorRow> {
  /** Of the inputs that one set holds in memory while a stage runs. */
  private static final long MOST_BYTES = 256L << 20;

  private final StageRequest stage;
  private final CompressionRequest request;
  private final Examples tensors;
  private final StageFiles files;
  private Optional<Opened> opened = Optional.empty();

  /**
   * What was found once the inputs of the model were known.
   *
   * @param labels of what is evaluated on
   * @param bytesPerRow of its inputs
   */
  private record Opened(ExampleSets<TensorRow> sets, LabelKind labels, long bytesPerRow) {}

  StageTensors(StageRequest stage, Examples tensors, StageFiles files) {
    super(stage.request());
    this.stage = stage;
    this.request = stage.request();
    this.tensors = tensors;
    this.files = files;
  }

  @Override
  ExampleSets<TensorRow> sets(Signature signature) {
    return open(signature).sets();
  }

  private Opened open(Signature signature) {
    if (opened.isEmpty()) {
      TensorReading reading =
          new TensorReading(
              format(tensors.format()),
              tensors.columns().label(),
              signature,
              files.scratch("tensors"));
      ExampleSets<TensorRow> sets =
          sets(stage, ExampleSets.ofTensors(sources(tensors, files), reading, request.seed()));
      TensorRow row = sets.evaluation(1, mustBeMeasured()).getFirst();
      opened = Optional.of(new Opened(sets, row.labels(), row.bytes()));
    }
    return opened.get();
  }

  @Override
  Optional<Metric> metric(Signature signature) {
    LabelKind labels = open(signature).labels();
    List<Metric> possible = possible(labels);
    Optional<Metric> asked = request.evaluation().metric().map(StageExamples::metric);
    if (mustBeMeasured()
        && (possible.isEmpty() || !possible.containsAll(asked.stream().toList()))) {
      throw InvalidDatasetException.notForModel(
          "evaluation.metric: expected one of %s, which labels that are %s are measured by, found %s"
              .formatted(
                  possible.stream().map(Metric::key).toList(),
                  labels,
                  asked.map(Metric::key).orElse("none")));
    }
    return asked.or(() -> possible.stream().findFirst());
  }

  private static List<Metric> possible(LabelKind labels) {
    return switch (labels) {
      case CLASSES -> List.of(Metric.ACCURACY, Metric.MACRO_F1, Metric.MATTHEWS, Metric.AUC);
      case PLACES ->
          List.of(
              Metric.ACCURACY,
              Metric.MACRO_F1,
              Metric.MATTHEWS,
              Metric.TOKEN_F1,
              Metric.PERPLEXITY);
      case NUMBER -> List.of(Metric.PEARSON, Metric.SPEARMAN);
      case NUMBERS, NONE -> List.of();
    };
  }

  @Override
  int mostEvaluatedOn(Signature signature) {
    return switch (open(signature).labels()) {
      // from as many, an accuracy is known to less than ±1 point at 95 %
      case CLASSES, NUMBER -> 10_000;
      // an output has numbers for all classes at every place
      case PLACES -> 1_000;
      // fidelity needs no more, and outputs may be large
      case NUMBERS, NONE -> 256;
    };
  }

  /** Rows are as large as they are. */
  @Override
  int mostCounted() {
    return 0;
  }

  @Override
  int mostInMemory(Signature signature) {
    return Math.clamp(
        MOST_BYTES / Math.max(1, open(signature).bytesPerRow()), 1, Integer.MAX_VALUE);
  }

  @Override
  boolean mustBeMeasured() {
    return request.budget().accuracyDrop().isPresent() || request.evaluation().metric().isPresent();
  }

  /** Where there is nothing else to learn from. */
  @Override
  boolean mustTeach() {
    return request
        .recovery()
        .filter(r -> r.distillation().logits() == 0 && r.distillation().hidden() == 0)
        .isPresent();
  }

  @Override
  List<TensorBatch> batches(List<TensorRow> rows, Signature signature, boolean singly) {
    return singly ? TensorBatches.of(rows, signature, 1) : TensorBatches.of(rows, signature);
  }

  @Override
  TrainingSet trainingSet(List<TensorRow> rows, Signature signature, int batchSize) {
    return TensorBatches.training(rows, signature, batchSize, request.seed());
  }

  /** Their batches are of as many rows as the model takes. */
  @Override
  boolean isOfOneExample(Signature signature) {
    return false;
  }

  private static Optional<TensorFormat> format(Examples.Format format) {
    return switch (format) {
      case AUTO -> Optional.empty();
      case NPZ -> Optional.of(TensorFormat.NPZ);
      case SAFETENSORS -> Optional.of(TensorFormat.SAFETENSORS);
      case TEXT, CSV, TSV, JSONL, PARQUET ->
          throw new IllegalArgumentException(format + " holds no tensors");
    };
  }
}
