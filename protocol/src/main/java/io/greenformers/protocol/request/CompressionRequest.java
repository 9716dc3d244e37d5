package io.greenformers.protocol.request;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * One compression: which model, to what goal, by which method.
 *
 * <p>Read and written by {@link RequestDocument}, which fills in the defaults.
 *
 * @param model {@code sha256:…} of an uploaded model, or a path where the request is run locally
 * @param method how the graph is compressed
 * @param linformer of the methods that change attention
 * @param budget the goal
 * @param solver how the factors of a weight are found
 * @param ranks how ranks are chosen
 * @param data examples to calibrate and to measure with; without it, inputs are random but valid
 * @param calibration how statistics are taken
 * @param recovery the brief training after compression; none where it is not given
 * @param storage how what stays dense is stored
 * @param operators which operators the compressed model may use
 * @param evaluation what is measured
 * @param seed of every random choice
 */
public record CompressionRequest(
    String model,
    Method method,
    Linformer linformer,
    Budget budget,
    Solver solver,
    Ranks ranks,
    Optional<Examples> data,
    Calibration calibration,
    Optional<Recovery> recovery,
    Storage storage,
    Operators operators,
    Evaluation evaluation,
    long seed) {

  /** How the graph is compressed. */
  public enum Method {
    /** Low-rank factors of the weights. */
    @JsonProperty("low-rank")
    LOW_RANK,
    /** Self-attention in time linear in the length; weights stay as they are. */
    @JsonProperty("linformer")
    LINFORMER,
    /** Low-rank factors, and Linformer where it is faster at the longest length that is timed. */
    @JsonProperty("auto")
    AUTO;

    /** Whether weights may be factorized. */
    public boolean factorizes() {
      return this != LINFORMER;
    }

    /** Whether attention may become Linformer. */
    public boolean changesAttention() {
      return this != LOW_RANK;
    }
  }

  /** Which operators the compressed model may use, beside those that the original uses. */
  public enum Operators {
    /** ONNX Runtime's fused ones too, such as {@code MultiHeadAttention}: the fastest there. */
    @JsonProperty("onnxruntime")
    ONNX_RUNTIME,
    /** Only those of the ONNX standard, for other runtimes. */
    @JsonProperty("onnx")
    ONNX
  }

  /** How the factors of a weight are found. */
  public enum Solver {
    /** The best that this version has for the request. */
    @JsonProperty("auto")
    AUTO,
    /** Truncated singular value decomposition: least error of the weights. */
    @JsonProperty("svd")
    SVD,
    /** Least error of the outputs on calibration inputs; needs data. */
    @JsonProperty("activation-aware")
    ACTIVATION_AWARE,
    /** Least error weighted by gradients; needs data. */
    @JsonProperty("fisher")
    FISHER,
    /** Semi-nonnegative matrix factorization. */
    @JsonProperty("snmf")
    SNMF,
    /** Nonnegative matrix factorization. */
    @JsonProperty("nmf")
    NMF,
    /** Random factors: for training from scratch. */
    @JsonProperty("random")
    RANDOM;

    private boolean needsData() {
      return this == ACTIVATION_AWARE || this == FISHER;
    }
  }

  public CompressionRequest {
    Checks.require(!model.isBlank(), "model", "sha256:… or a path", "nothing");
    boolean hasGoal = budget.sizeRatio().isPresent() || budget.accuracyDrop().isPresent();
    Checks.require(
        !method.factorizes() || ranks.policy() != Ranks.Policy.BUDGET || hasGoal,
        "budget.sizeRatio",
        "a number in (0, 1], or a budget.accuracyDrop; the rank policy 'budget' needs one of them",
        "nothing");
    requireSense(method, linformer, budget, evaluation);
    Checks.require(
        data.isPresent() || !solver.needsData(),
        "data",
        "examples, which the solver " + solver + " calibrates with",
        "nothing");
    requireExamples(recovery, data);
    boolean measured = budget.accuracyDrop().isPresent() || evaluation.metric().isPresent();
    data = data.map(d -> d.areTensors() ? d : d.withTask(task(d, measured)));
    Checks.require(
        !measured || data.filter(Examples::canBeMeasured).isPresent(),
        "data",
        "texts with a task to measure (text-classification, …), or ready tensors with labels, for budget.accuracyDrop or evaluation.metric",
        data.isEmpty() ? "nothing" : "the task text");
    List<Metric> metrics = metrics(data);
    evaluation
        .metric()
        .ifPresent(given ->
            Checks.require(
                metrics.contains(given),
                "evaluation.metric",
                "one that the task is measured by, of " + metrics + "; data.task says which task",
                given));
    boolean mayExceedOne = metric(evaluation, data).filter(Metric.PERPLEXITY::equals).isPresent();
    budget
        .accuracyDrop()
        .ifPresent(drop ->
            Checks.require(
                drop <= 1 || mayExceedOne, "budget.accuracyDrop", "a number from 0 to 1", drop));
  }

  private static void requireSense(
      Method method, Linformer linformer, Budget budget, Evaluation evaluation) {
    if (method != Method.LINFORMER) {
      return;
    }
    Checks.require(
        budget.sizeRatio().isEmpty(),
        "budget.sizeRatio",
        "none, as the method linformer leaves the weights as they are; the method auto makes them smaller too",
        budget.sizeRatio().orElse(0.0));
    List<Integer> lengths = evaluation.latency().sequenceLengths();
    Checks.require(
        Collections.max(lengths) > linformer.projectedLength(),
        "evaluation.latency.sequenceLengths",
        "a length above linformer.projectedLength (%d), up to which attention stays as it is"
            .formatted(linformer.projectedLength()),
        lengths);
  }

  private static void requireExamples(Optional<Recovery> recovery, Optional<Examples> data) {
    Checks.require(
        recovery.isEmpty() || data.isPresent(), "data", "examples to train with", "nothing");
  }

  /**
   * What both models are compared by: the metric that was asked for, else the usual one of the
   * task; empty where nothing is known of the texts, and for ready tensors, whose labels say it.
   */
  public Optional<Metric> metric() {
    return metric(evaluation, data);
  }

  private static Optional<Metric> metric(Evaluation evaluation, Optional<Examples> data) {
    return evaluation
        .metric()
        .or(() -> data.flatMap(Examples::task).flatMap(t -> Metric.of(t).stream().findFirst()));
  }

  private static List<Metric> metrics(Optional<Examples> data) {
    return data.map(
            d -> d.areTensors() ? Metric.ofLabels() : d.task().map(Metric::of).orElseThrow())
        .orElse(List.of());
  }

  private static Examples.Task task(Examples data, boolean measured) {
    return data.columns().label().isPresent() || measured
        ? Examples.Task.TEXT_CLASSIFICATION
        : Examples.Task.TEXT;
  }
}
