package io.greenformers.protocol.request;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;

/**
 * One compression: which model, to what goal, by which method.
 *
 * <p>Read and written by {@link RequestDocument}, which fills in the defaults.
 *
 * @param model {@code sha256:…} of an uploaded model, or a path where the request is run locally
 * @param method how the graph is compressed
 * @param budget the goal
 * @param solver how the factors of a weight are found
 * @param ranks how ranks are chosen
 * @param data texts to calibrate and to measure with; without it, inputs are random but valid
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
    Budget budget,
    Solver solver,
    Ranks ranks,
    Optional<Texts> data,
    Calibration calibration,
    Optional<Recovery> recovery,
    Storage storage,
    Operators operators,
    Evaluation evaluation,
    long seed) {

  /** How the graph is compressed. */
  public enum Method {
    @JsonProperty("low-rank")
    LOW_RANK
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
        ranks.policy() != Ranks.Policy.BUDGET || hasGoal,
        "budget.sizeRatio",
        "a number in (0, 1], or a budget.accuracyDrop; the rank policy 'budget' needs one of them",
        "nothing");
    Checks.require(
        data.isPresent() || !solver.needsData(),
        "data",
        "texts, which the solver " + solver + " calibrates with",
        "nothing");
    requireTexts(recovery, data);
    boolean measured = budget.accuracyDrop().isPresent() || evaluation.metric().isPresent();
    data = data.map(d -> d.withTask(task(d, measured)));
    Checks.require(
        !measured || data.filter(Texts::canBeMeasured).isPresent(),
        "data",
        "texts with a task to measure (text-classification, …), for budget.accuracyDrop or evaluation.metric",
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
    boolean mayExceedOne =
        evaluation.metric().or(() -> metrics.stream().findFirst()).stream()
            .anyMatch(Metric.PERPLEXITY::equals);
    budget
        .accuracyDrop()
        .ifPresent(drop ->
            Checks.require(
                drop <= 1 || mayExceedOne, "budget.accuracyDrop", "a number from 0 to 1", drop));
  }

  private static void requireTexts(Optional<Recovery> recovery, Optional<Texts> data) {
    Checks.require(
        recovery.isEmpty() || data.isPresent(), "data", "texts to train with", "nothing");
  }

  /**
   * What both models are compared by: the metric that was asked for, else the usual one of the
   * task; empty where nothing is known of the texts.
   */
  public Optional<Metric> metric() {
    return evaluation.metric().or(() -> metrics(data).stream().findFirst());
  }

  private static List<Metric> metrics(Optional<Texts> data) {
    return data.flatMap(Texts::task).map(Metric::of).orElse(List.of());
  }

  private static Texts.Task task(Texts data, boolean measured) {
    return data.columns().label().isPresent() || measured
        ? Texts.Task.TEXT_CLASSIFICATION
        : Texts.Task.TEXT;
  }
}
