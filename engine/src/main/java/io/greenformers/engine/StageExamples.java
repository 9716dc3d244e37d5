package io.greenformers.engine;

import io.greenformers.engine.calibration.InputCounts;
import io.greenformers.engine.data.ExampleSets;
import io.greenformers.engine.data.InvalidDatasetException;
import io.greenformers.engine.data.ModelBatch;
import io.greenformers.engine.data.Signature;
import io.greenformers.engine.data.TrainingSet;
import io.greenformers.engine.evaluation.AccuracyDrop;
import io.greenformers.engine.evaluation.Metric;
import io.greenformers.engine.runtime.Tensor;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.child.StageRequest;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.CompressionRequest.Solver;
import io.greenformers.protocol.request.Examples;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The examples of a request, as inputs of its model; the same ones whenever they are asked for.
 *
 * @param <E> texts, or rows of ready tensors
 */
abstract sealed class StageExamples<E> permits StageTexts, StageTensors {
  private static final int MOST_FOR_A_BOUND = 100_000;

  /** Texts stay in memory with their tokens: about 300 bytes for one of 30 tokens. */
  private static final int MOST_TRAINED_WITH = 1_000_000;

  private static final int MOST_HELD_OUT = 500;
  private static final int JUDGED_TOGETHER = 16;
  private static final int COUNTED_TOGETHER = 500;

  private final CompressionRequest request;

  StageExamples(CompressionRequest request) {
    this.request = request;
  }

  /** The examples; empty where the request has none. */
  static Optional<StageExamples<?>> of(StageRequest stage, StageFiles files) {
    return stage
        .request()
        .data()
        .map(data ->
            data.areTensors()
                ? new StageTensors(stage, data, files)
                : new StageTexts(stage, data, files));
  }

  /** Where they are: where nothing but the evaluation set is used, all of its file is. */
  static <E> ExampleSets<E> sets(StageRequest stage, ExampleSets<E> all) {
    return stage.stage() == Stage.VERIFY ? all.toEvaluate() : all;
  }

  static ExampleSets.Sources sources(Examples data, StageFiles files) {
    return new ExampleSets.Sources(
        data.train().map(f -> files.file("data/train")),
        data.evaluation().map(f -> files.file("data/evaluation")),
        data.calibration().map(f -> files.file("data/calibration")));
  }

  abstract ExampleSets<E> sets(Signature signature);

  /**
   * Batches of examples.
   *
   * @param singly whether one is to be in each
   */
  abstract List<? extends ModelBatch> batches(
      List<E> examples, Signature signature, boolean singly);

  abstract TrainingSet trainingSet(List<E> examples, Signature signature, int batchSize);

  /** Whether a batch of several is more than the model takes at a time. */
  abstract boolean isOfOneExample(Signature signature);

  /**
   * What both models are compared by; empty where nothing is known of the examples.
   *
   * @throws InvalidDatasetException if it is not of what is known of them
   */
  abstract Optional<Metric> metric(Signature signature);

  /** How many are evaluated on, where no bound needs more. */
  abstract int mostEvaluatedOn(Signature signature);

  /** How many are looked at for how often tables are looked up. */
  abstract int mostCounted();

  /** How many may be calibrated with, or evaluated on, for want of memory. */
  abstract int mostInMemory(Signature signature);

  /** Whether what is evaluated on must have labels, where its task has some. */
  abstract boolean mustBeMeasured();

  /** Whether what is trained with must have labels, where its task has some. */
  abstract boolean mustTeach();

  /** Which examples are evaluated on, as the report says it. */
  final String evaluationSplit(Signature signature) {
    return sets(signature).evaluationSplit();
  }

  /**
   * Inputs of a model for the statistics that weights are decomposed by.
   *
   * @param run what the model runs on
   * @param counted of further examples, for how often tables are looked up
   */
  record Observed(List<ModelBatch> run, InputCounts counted) {}

  /**
   * Inputs for calibration, none of which is evaluated on.
   *
   * @param statistics to decompose by while ranks are chosen
   * @param judging others, few and in small batches of mixed lengths, to choose ranks by
   */
  record Calibration(Observed statistics, List<ModelBatch> judging) {
    /** To decompose by once ranks are chosen. */
    Observed all() {
      return new Observed(
          Stream.concat(statistics.run().stream(), judging.stream()).toList(),
          statistics.counted());
    }
  }

  /**
   * Up to {@code calibration.samples} examples to run on, in two parts, and others to count. They
   * have labels, and are one to a batch, where gradients are to be taken of them.
   *
   * @param mostJudging at most so many, and at most a quarter of all, are for judging
   * @throws InvalidDatasetException if a file cannot be used
   */
  final Calibration calibration(Signature signature, int mostJudging) {
    boolean byGradients = request.solver() == Solver.FISHER;
    int samples = request.calibration().samples();
    int most = Math.min(Math.max(samples, mostCounted()), mostInMemory(signature));
    List<E> drawn = new ArrayList<>(sets(signature).calibration(most, byGradients));
    Collections.shuffle(drawn, new Random(request.seed()));
    int run = Math.min(samples, drawn.size());
    // of very few some judge all the same
    int judging = Math.clamp(run / 4, 1, mostJudging);
    List<ModelBatch> batches = new ArrayList<>();
    for (int from = 0; from < judging; from += JUDGED_TOGETHER) {
      int to = Math.min(judging, from + JUDGED_TOGETHER);
      batches.addAll(batches(drawn.subList(from, to), signature, byGradients));
    }
    List<E> others = drawn.subList(judging < run ? judging : 0, run);
    return new Calibration(
        new Observed(
            List.copyOf(batches(others, signature, byGradients)),
            new InputCounts(inParts(drawn.subList(run, drawn.size()), signature))),
        batches);
  }

  /** Made when they are asked for, a few at a time. */
  private Iterable<Map<String, Tensor>> inParts(List<E> examples, Signature signature) {
    return () ->
        IntStream.iterate(0, from -> from < examples.size(), from -> from + COUNTED_TOGETHER)
            .mapToObj(
                from -> examples.subList(from, Math.min(from + COUNTED_TOGETHER, examples.size())))
            .flatMap(part -> batches(part, signature, false).stream())
            .map(ModelBatch::inputs)
            .iterator();
  }

  /**
   * Examples to train with, none of which is evaluated on.
   *
   * @param batches to train with
   * @param heldOut others, to see by how good the student is
   * @param parts that batches to train with have to be gone through in
   */
  record Training(TrainingSet batches, TrainingSet heldOut, int parts) {}

  /**
   * Examples to train with: a tenth, and at most 500, is held out.
   *
   * @param batchSize examples in a batch
   * @throws InvalidDatasetException if a file cannot be used, or has a single example
   */
  final Training training(Signature signature, int batchSize) {
    List<E> examples = new ArrayList<>(sets(signature).train(MOST_TRAINED_WITH, mustTeach()));
    if (examples.size() < 2) {
      throw InvalidDatasetException.tooSmall(
          "data.train: expected at least two examples to train with and to hold out, found "
              + examples.size());
    }
    Collections.shuffle(examples, new Random(request.seed()));
    int heldOut = Math.clamp(examples.size() / 10, 1, MOST_HELD_OUT);
    boolean single = isOfOneExample(signature);
    return new Training(
        trainingSet(examples.subList(heldOut, examples.size()), signature, batchSize),
        trainingSet(examples.subList(0, heldOut), signature, single ? 1 : batchSize),
        single ? batchSize : 1);
  }

  /**
   * The examples to evaluate on, with labels where there are some.
   *
   * @throws InvalidDatasetException if a file cannot be used, or has too few examples to show that
   *     {@code budget.accuracyDrop} holds
   */
  final List<ModelBatch> evaluation(Signature signature) {
    long fewest = fewest(signature);
    int usual = Math.min(mostEvaluatedOn(signature), mostInMemory(signature));
    int most = Math.clamp(fewest, usual, MOST_FOR_A_BOUND);
    List<E> examples = sets(signature).evaluation(most, mustBeMeasured());
    if (examples.size() < fewest) {
      throw InvalidDatasetException.tooSmall(
          "the dataset: expected at least %d examples to evaluate on, so that budget.accuracyDrop %s can be shown at a confidence of %s, found %d (%s); give more, or loosen the bound"
              .formatted(
                  fewest,
                  request.budget().accuracyDrop().orElseThrow(),
                  request.evaluation().confidence(),
                  examples.size(),
                  evaluationSplit(signature)));
    }
    return List.copyOf(batches(examples, signature, false));
  }

  private long fewest(Signature signature) {
    return request
        .budget()
        .accuracyDrop()
        .filter(bound -> bound > 0 && metric(signature).filter(Metric::isCounted).isPresent())
        .map(bound -> AccuracyDrop.fewestSamples(bound, request.evaluation().confidence()))
        .orElse(1L);
  }

  /** As a request names it. */
  static Metric metric(io.greenformers.protocol.request.Metric metric) {
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
}
