package io.greenformers.protocol.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The brief training after compression: the compressed model learns from the original, and from
 * labels where there are some.
 *
 * @param epochs how often the training set is gone through
 * @param learningRate the highest one; AdamW
 * @param warmup the share of all steps in which the rate rises from 0
 * @param schedule how it falls after that
 * @param weightDecay of AdamW, decoupled
 * @param batchSize texts per step; 16 where it is not given, or {@code auto}
 * @param accumulation parts that every batch is gone through in, for want of memory; their
 *     gradients add up, and there are more of them by itself where one does not fit
 * @param distillation what is learnt from the original
 * @param labels the weight of the loss on labels; counts only where there are labels
 * @param weights which of the compressed model's weights are trained
 * @param include patterns of their names; {@code *} stands for anything
 * @param patience after so many evaluations without a better one the training ends
 * @param precision of what is computed
 * @param device where it is computed
 * @param processes that share every batch, on this machine: a number, or {@code auto} for as many
 *     as there are GPUs
 * @param maxDuration the longest it may take, as {@code 30m}, {@code 90s} or {@code 2h}; what is
 *     best by then is the result
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record Recovery(
    int epochs,
    double learningRate,
    double warmup,
    Schedule schedule,
    double weightDecay,
    Optional<Integer> batchSize,
    int accumulation,
    Distillation distillation,
    double labels,
    Weights weights,
    List<String> include,
    int patience,
    Precision precision,
    Device device,
    String processes,
    String maxDuration) {
  private static final String AUTO = "auto";
  private static final Pattern PROCESSES = Pattern.compile("[1-9]\\d?");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(s|m|h)");

  /** How the learning rate falls to 0. */
  public enum Schedule {
    @JsonProperty("linear")
    LINEAR,
    @JsonProperty("cosine")
    COSINE
  }

  /**
   * What is learnt from the original; weights of losses.
   *
   * @param logits of the divergence of the outputs, or their relative distance where they are no
   *     scores of classes
   * @param hidden of the relative distance of values inside, where both models have them
   * @param temperature that scores are divided by
   */
  public record Distillation(double logits, double hidden, double temperature) {
    public Distillation {
      Checks.weight("recovery.distillation.logits", logits);
      Checks.weight("recovery.distillation.hidden", hidden);
      Checks.require(
          temperature > 0 && temperature <= 100,
          "recovery.distillation.temperature",
          "a number in (0, 100]",
          temperature);
    }
  }

  /** Which weights are trained. */
  public enum Weights {
    /** All floating weights. */
    @JsonProperty("all")
    ALL,
    /** Only the factors that took the place of weights. */
    @JsonProperty("factors")
    FACTORS
  }

  /** In which type products are computed; weights are trained in fp32 always. */
  public enum Precision {
    /** bf16 on a GPU, fp32 elsewhere. */
    @JsonProperty("auto")
    AUTO,
    @JsonProperty("fp32")
    FP32,
    @JsonProperty("bf16")
    BF16
  }

  /** Where training runs. */
  public enum Device {
    /** On a GPU where there is one. */
    @JsonProperty("auto")
    AUTO,
    @JsonProperty("cpu")
    CPU,
    @JsonProperty("cuda")
    CUDA
  }

  public Recovery {
    include = List.copyOf(include);
    Checks.require(epochs >= 1 && epochs <= 1000, "recovery.epochs", "1 to 1000", epochs);
    Checks.require(
        learningRate > 0 && learningRate <= 1,
        "recovery.learningRate",
        "a number in (0, 1]",
        learningRate);
    Checks.require(
        warmup >= 0 && warmup < 1, "recovery.warmup", "a share of all steps in [0, 1)", warmup);
    Checks.require(
        weightDecay >= 0 && weightDecay < 1,
        "recovery.weightDecay",
        "a number in [0, 1)",
        weightDecay);
    batchSize.ifPresent(
        size -> Checks.require(size >= 1 && size <= 4096, "recovery.batchSize", "1 to 4096", size));
    Checks.require(
        accumulation >= 1 && accumulation <= 4096,
        "recovery.accumulation",
        "1 to 4096",
        accumulation);
    Checks.weight("recovery.labels", labels);
    Checks.require(
        labels + distillation.logits() + distillation.hidden() > 0,
        "recovery",
        "a weight above 0 for labels, distillation.logits or distillation.hidden",
        "only zeros");
    Checks.require(!include.isEmpty(), "recovery.include", "at least one pattern", "none");
    Checks.require(patience >= 1 && patience <= 1000, "recovery.patience", "1 to 1000", patience);
    Checks.require(
        processes.equals(AUTO) || PROCESSES.matcher(processes).matches(),
        "recovery.processes",
        "1 to 99, or auto",
        processes);
    Checks.require(
        DURATION.matcher(maxDuration).matches(),
        "recovery.maxDuration",
        "a number and s, m or h, as 30m",
        maxDuration);
  }

  /** {@link #processes} as a number; empty for {@code auto}. */
  public Optional<Integer> fixedProcesses() {
    return processes.equals(AUTO) ? Optional.empty() : Optional.of(Integer.valueOf(processes));
  }

  /** {@link #maxDuration} as a duration. */
  public Duration longest() {
    Matcher matcher = DURATION.matcher(maxDuration);
    if (!matcher.matches()) {
      throw new IllegalStateException(maxDuration);
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      default -> Duration.ofHours(amount);
    };
  }
}
