package io.greenformers.engine;

import io.greenformers.engine.data.InvalidDatasetException;
import io.greenformers.engine.data.TextBatch;
import io.greenformers.engine.data.TextBatches;
import io.greenformers.engine.data.TextColumns;
import io.greenformers.engine.data.TextExample;
import io.greenformers.engine.data.TextFormat;
import io.greenformers.engine.data.TextSets;
import io.greenformers.engine.data.TextTask;
import io.greenformers.engine.data.TrainingBatches;
import io.greenformers.engine.evaluation.AccuracyDrop;
import io.greenformers.engine.evaluation.Metric;
import io.greenformers.engine.runtime.InputSpec;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.CompressionRequest.Solver;
import io.greenformers.protocol.request.Texts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** The texts of a request, as inputs of its model; the same texts whenever they are asked for. */
final class StageTexts {
  private static final int MOST_FOR_A_BOUND = 100_000;

  /** They stay in memory with their tokens: about 300 bytes for one of 30 tokens. */
  private static final int MOST_TRAINED_WITH = 1_000_000;

  private static final int MOST_HELD_OUT = 500;
  private static final int JUDGED_TOGETHER = 16;

  private final CompressionRequest request;
  private final Texts texts;
  private final StageFiles files;
  private final TextSets sets;

  private StageTexts(CompressionRequest request, Texts texts, StageFiles files) {
    this.request = request;
    this.texts = texts;
    this.files = files;
    this.sets =
        new TextSets(
            new TextSets.Sources(
                texts.train().map(f -> files.file("data/train")),
                texts.evaluation().map(f -> files.file("data/evaluation")),
                texts.calibration().map(f -> files.file("data/calibration"))),
            new TextSets.Reading(format(texts.format()), columns(texts), task(texts)),
            request.seed());
  }

  /** The texts; empty where the request has none. */
  static Optional<StageTexts> of(StageRequest request, StageFiles files) {
    return request.request().data().map(data -> new StageTexts(request.request(), data, files));
  }

  /** What both models are compared by; empty where nothing is known of the texts. */
  Optional<Metric> metric() {
    return request.metric().map(StageTexts::metric);
  }

  /** Which texts are evaluated on, as the report says it. */
  String evaluationSplit() {
    return sets.evaluationSplit();
  }

  /**
   * Inputs for calibration, none of which is evaluated on.
   *
   * @param statistics to decompose by while ranks are chosen
   * @param judging others, few and in small batches of mixed lengths, to choose ranks by
   */
  record Calibration(List<TextBatch> statistics, List<TextBatch> judging) {
    /** To decompose by once ranks are chosen. */
    List<TextBatch> all() {
      return Stream.concat(statistics.stream(), judging.stream()).toList();
    }
  }

  /**
   * Up to {@code calibration.samples} texts, in two parts. They have labels, and are one to a
   * batch, where gradients are to be taken of them.
   *
   * @param inputs of the model, as its session says
   * @param bounds of token ids, by input, see {@code TokenBounds}
   * @param mostJudging at most so many texts, and at most a quarter of all, are for judging
   * @throws InvalidDatasetException if a file cannot be used
   */
  Calibration calibration(List<InputSpec> inputs, Map<String, Long> bounds, int mostJudging) {
    List<TextExample> examples =
        new ArrayList<>(sets.calibration(request.calibration().samples(), byGradients()));
    Collections.shuffle(examples, new Random(request.seed()));
    // of very few texts some judge all the same
    int judging = Math.clamp(examples.size() / 4, 1, mostJudging);
    List<TextBatch> batches = new ArrayList<>();
    for (int from = 0; from < judging; from += JUDGED_TOGETHER) {
      int to = Math.min(judging, from + JUDGED_TOGETHER);
      batches.addAll(calibrated(examples.subList(from, to), inputs, bounds));
    }
    List<TextExample> others = examples.subList(judging, examples.size());
    return new Calibration(
        calibrated(others.isEmpty() ? examples : others, inputs, bounds), batches);
  }

  private boolean byGradients() {
    return request.solver() == Solver.FISHER;
  }

  private List<TextBatch> calibrated(
      List<TextExample> examples, List<InputSpec> inputs, Map<String, Long> bounds) {
    TextBatches batches = new TextBatches(inputs, bounds, task(texts));
    return batches(examples, byGradients() ? batches.singly() : batches);
  }

  /**
   * Texts to train with, none of which is evaluated on.
   *
   * @param batches to train with
   * @param heldOut others, to see by how good the student is
   */
  record Training(TrainingBatches batches, TrainingBatches heldOut) {}

  /**
   * Texts to train with: a tenth, and at most 500, is held out.
   *
   * @param signature of the model
   * @param batchSize texts in a batch
   * @param labelled whether they must have the labels of the task
   * @throws InvalidDatasetException if a file cannot be used, or has a single text
   */
  Training training(TrainingBatches.Signature signature, int batchSize, boolean labelled) {
    List<TextExample> examples = new ArrayList<>(sets.train(MOST_TRAINED_WITH, labelled));
    if (examples.size() < 2) {
      throw InvalidDatasetException.tooSmall(
          "data.train: expected at least two texts to train with and to hold out, found "
              + examples.size());
    }
    Collections.shuffle(examples, new Random(request.seed()));
    int heldOut = Math.clamp(examples.size() / 10, 1, MOST_HELD_OUT);
    return new Training(
        batches(examples.subList(heldOut, examples.size()), signature, batchSize),
        batches(examples.subList(0, heldOut), signature, batchSize));
  }

  private TrainingBatches batches(
      List<TextExample> examples, TrainingBatches.Signature signature, int batchSize) {
    return TrainingBatches.of(
        examples,
        new TrainingBatches.Encoding(task(texts), files.file("data/tokenizer"), texts.maxLength()),
        signature,
        batchSize,
        request.seed());
  }

  /**
   * The texts to evaluate on, with labels where the task has some.
   *
   * @param inputs of the model, as its session says
   * @param bounds of token ids, by input, see {@code TokenBounds}
   * @throws InvalidDatasetException if a file cannot be used, or has too few texts to show that
   *     {@code budget.accuracyDrop} holds
   */
  List<TextBatch> evaluation(List<InputSpec> inputs, Map<String, Long> bounds) {
    long fewest = fewest();
    int most = mostEvaluatedOn(task(texts));
    List<TextExample> examples = sets.evaluation(Math.clamp(fewest, most, MOST_FOR_A_BOUND));
    if (examples.size() < fewest) {
      throw InvalidDatasetException.tooSmall(
          "the dataset: expected at least %d texts to evaluate on, so that budget.accuracyDrop %s can be shown at a confidence of %s, found %d (%s); give more, or loosen the bound"
              .formatted(
                  fewest,
                  request.budget().accuracyDrop().orElseThrow(),
                  request.evaluation().confidence(),
                  examples.size(),
                  evaluationSplit()));
    }
    return batches(examples, new TextBatches(inputs, bounds, task(texts)));
  }

  private static int mostEvaluatedOn(TextTask task) {
    return switch (task) {
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

  private long fewest() {
    return request
        .budget()
        .accuracyDrop()
        .filter(bound -> bound > 0 && metric().filter(Metric::isCounted).isPresent())
        .map(bound -> AccuracyDrop.fewestSamples(bound, request.evaluation().confidence()))
        .orElse(1L);
  }

  private List<TextBatch> batches(List<TextExample> examples, TextBatches batches) {
    return batches.of(examples, files.file("data/tokenizer"), texts.maxLength());
  }

  private static TextColumns columns(Texts texts) {
    Texts.Columns columns = texts.columns();
    return new TextColumns(columns.text(), columns.textPair(), columns.label());
  }

  private static Metric metric(io.greenformers.protocol.request.Metric metric) {
    return switch (metric) {
      case ACCURACY -> Metric.ACCURACY;
      case MACRO_F1 -> Metric.MACRO_F1;
      case MATTHEWS -> Metric.MATTHEWS;
      case AUC -> Metric.AUC;
      case PEARSON -> Metric.PEARSON;
      case SPEARMAN -> Metric.SPEARMAN;
      case PERPLEXITY -> Metric.PERPLEXITY;
      case TOKEN_F1 -> Metric.TOKEN_F1;
      case RECALL_AT_1 -> Metric.RECALL_AT_1;
      case COSINE -> Metric.COSINE;
    };
  }

  private static TextTask task(Texts texts) {
    return switch (texts.task().orElse(Texts.Task.TEXT)) {
      case TEXT_CLASSIFICATION -> TextTask.CLASSIFICATION;
      case TEXT_REGRESSION -> TextTask.REGRESSION;
      case TOKEN_CLASSIFICATION -> TextTask.TOKEN_CLASSIFICATION;
      case MASKED_LANGUAGE_MODELLING -> TextTask.MASKED_LANGUAGE;
      case CAUSAL_LANGUAGE_MODELLING -> TextTask.CAUSAL_LANGUAGE;
      case EMBEDDING -> TextTask.EMBEDDING;
      case TEXT -> TextTask.NONE;
    };
  }

  private static Optional<TextFormat> format(Texts.Format format) {
    return switch (format) {
      case AUTO -> Optional.empty();
      case TEXT -> Optional.of(TextFormat.TEXT);
      case CSV -> Optional.of(TextFormat.CSV);
      case TSV -> Optional.of(TextFormat.TSV);
      case JSONL -> Optional.of(TextFormat.JSONL);
      case PARQUET -> Optional.of(TextFormat.PARQUET);
    };
  }
}
