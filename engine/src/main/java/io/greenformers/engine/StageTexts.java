package io.greenformers.engine;

import io.greenformers.engine.data.ExampleSets;
import io.greenformers.engine.data.Signature;
import io.greenformers.engine.data.TextBatch;
import io.greenformers.engine.data.TextBatches;
import io.greenformers.engine.data.TextColumns;
import io.greenformers.engine.data.TextExample;
import io.greenformers.engine.data.TextFormat;
import io.greenformers.engine.data.TextTask;
import io.greenformers.engine.data.TrainingBatches;
import io.greenformers.engine.data.TrainingSet;
import io.greenformers.engine.evaluation.Metric;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.Examples;
import io.greenformers.protocol.request.Recovery;
import java.util.List;
import java.util.Optional;

/** Texts, and the tokenizer that makes inputs of them. */
final class StageTexts extends StageExamples<TextExample> {
  private final CompressionRequest request;
  private final Examples texts;
  private final StageFiles files;
  private final ExampleSets<TextExample> sets;

  StageTexts(StageRequest stage, Examples texts, StageFiles files) {
    super(stage.request());
    this.request = stage.request();
    this.texts = texts;
    this.files = files;
    ExampleSets.Reading reading =
        new ExampleSets.Reading(format(texts.format()), columns(texts), task(texts));
    this.sets = sets(stage, ExampleSets.ofTexts(sources(texts, files), reading, request.seed()));
  }

  @Override
  ExampleSets<TextExample> sets(Signature signature) {
    return sets;
  }

  @Override
  Optional<Metric> metric(Signature signature) {
    return request.metric().map(StageExamples::metric);
  }

  /** Where the task has no labels nothing is required either. */
  @Override
  boolean mustBeMeasured() {
    return true;
  }

  @Override
  boolean mustTeach() {
    return request.recovery().map(Recovery::labels).filter(weight -> weight > 0).isPresent();
  }

  @Override
  List<TextBatch> batches(List<TextExample> examples, Signature signature, boolean singly) {
    TextBatches batches = new TextBatches(signature.inputs(), signature.bounds(), task(texts));
    return (singly ? batches.singly() : batches)
        .of(examples, files.file("data/tokenizer"), texts.maxLength());
  }

  @Override
  TrainingSet trainingSet(List<TextExample> examples, Signature signature, int batchSize) {
    return TrainingBatches.of(
        examples,
        new TrainingBatches.Encoding(task(texts), files.file("data/tokenizer"), texts.maxLength()),
        signature,
        batchSize,
        request.seed());
  }

  @Override
  boolean isOfOneExample(Signature signature) {
    return new TextBatches(signature.inputs(), signature.bounds()).isOfOneText();
  }

  @Override
  int mostEvaluatedOn(Signature signature) {
    return switch (task(texts)) {
      // from as many, an accuracy is known to less than ±1 point at 95 %
      case CLASSIFICATION, REGRESSION, TOKEN_CLASSIFICATION -> 10_000;
      // every text is compared with every other
      case EMBEDDING -> 2_000;
      // an output is as wide as the vocabulary at every token
      case MASKED_LANGUAGE, CAUSAL_LANGUAGE -> 1_000;
      // fidelity needs no more, and outputs may be large
      case NONE -> 256;
    };
  }

  /** A second of the tokenizer's time. */
  @Override
  int mostCounted() {
    return 20_000;
  }

  /** Tokens are small. */
  @Override
  int mostInMemory(Signature signature) {
    return Integer.MAX_VALUE;
  }

  private static TextColumns columns(Examples texts) {
    Examples.Columns columns = texts.columns();
    return new TextColumns(columns.text(), columns.textPair(), columns.label());
  }

  private static TextTask task(Examples texts) {
    return switch (texts.task().orElse(Examples.Task.TEXT)) {
      case TEXT_CLASSIFICATION -> TextTask.CLASSIFICATION;
      case TEXT_REGRESSION -> TextTask.REGRESSION;
      case TOKEN_CLASSIFICATION -> TextTask.TOKEN_CLASSIFICATION;
      case MASKED_LANGUAGE_MODELLING -> TextTask.MASKED_LANGUAGE;
      case CAUSAL_LANGUAGE_MODELLING -> TextTask.CAUSAL_LANGUAGE;
      case EMBEDDING -> TextTask.EMBEDDING;
      case TEXT -> TextTask.NONE;
    };
  }

  private static Optional<TextFormat> format(Examples.Format format) {
    return switch (format) {
      case AUTO -> Optional.empty();
      case TEXT -> Optional.of(TextFormat.TEXT);
      case CSV -> Optional.of(TextFormat.CSV);
      case TSV -> Optional.of(TextFormat.TSV);
      case JSONL -> Optional.of(TextFormat.JSONL);
      case PARQUET -> Optional.of(TextFormat.PARQUET);
      case NPZ, SAFETENSORS -> throw new IllegalArgumentException(format + " holds no texts");
    };
  }
}
