package io.greenformers.client;

import java.time.Duration;
import java.util.List;

/**
 * The brief training after compression, with the original as the teacher. Needs {@link Examples}.
 * Immutable: every method returns another one.
 *
 * <pre>{@code
 * Recovery.epochs(2).learningRate(3e-4).maxDuration(Duration.ofMinutes(10))
 * }</pre>
 */
public final class Recovery {
  private final Fields fields;

  private Recovery(Fields fields) {
    this.fields = fields;
  }

  /** How the learning rate falls to 0. */
  public enum Schedule {
    LINEAR,
    COSINE
  }

  /** Which weights are trained. */
  public enum Weights {
    /** All floating weights. */
    ALL,
    /** Only the factors that took the place of weights. */
    FACTORS
  }

  /** In which type products are computed; weights are trained in fp32 always. */
  public enum Precision {
    /** bf16 on a GPU, fp32 elsewhere. */
    AUTO,
    FP32,
    BF16
  }

  /** Where training runs. */
  public enum Device {
    /** On a GPU where there is one. */
    AUTO,
    CPU,
    CUDA
  }

  /** As often as this the training set is gone through, everything else as the service likes it. */
  public static Recovery epochs(int epochs) {
    return new Recovery(Fields.NONE.with("epochs", epochs));
  }

  /** The highest rate, of AdamW; 1e-4 where it is not set. */
  public Recovery learningRate(double rate) {
    return with("learningRate", rate);
  }

  /** The share of all steps in which the rate rises from 0, in [0, 1); 0.1 where it is not set. */
  public Recovery warmup(double share) {
    return with("warmup", share);
  }

  /** How the rate falls after that; {@link Schedule#LINEAR} where it is not set. */
  public Recovery schedule(Schedule schedule) {
    return with("schedule", schedule);
  }

  /** Of AdamW, decoupled; 0.01 where it is not set. */
  public Recovery weightDecay(double decay) {
    return with("weightDecay", decay);
  }

  /** Examples per step; 16 where it is not set. */
  public Recovery batchSize(int examples) {
    return with("batchSize", examples);
  }

  /** Parts that every batch is gone through in, for want of memory; 1 where it is not set. */
  public Recovery accumulation(int parts) {
    return with("accumulation", parts);
  }

  /**
   * What is learnt from the original, as weights of losses; 0.7 and 0 where it is not set.
   *
   * @param logits of the divergence of the outputs
   * @param hidden of the distance of values inside
   */
  public Recovery distillation(double logits, double hidden) {
    return with("distillation.logits", logits).with("distillation.hidden", hidden);
  }

  /** That scores are divided by before they are compared; 2 where it is not set. */
  public Recovery temperature(double temperature) {
    return with("distillation.temperature", temperature);
  }

  /** The weight of the loss on labels; 0.3 where it is not set. */
  public Recovery labels(double weight) {
    return with("labels", weight);
  }

  /** Which weights are trained; {@link Weights#ALL} where it is not set. */
  public Recovery weights(Weights weights) {
    return with("weights", weights);
  }

  /** Patterns of the names of weights that are trained; {@code *} stands for anything. */
  public Recovery include(String... patterns) {
    return with("include", List.of(patterns));
  }

  /** After so many evaluations without a better one the training ends; 3 where it is not set. */
  public Recovery patience(int evaluations) {
    return with("patience", evaluations);
  }

  /** In which type products are computed. */
  public Recovery precision(Precision precision) {
    return with("precision", precision);
  }

  /** Where training runs. */
  public Recovery device(Device device) {
    return with("device", device);
  }

  /** Processes that share every batch; 1 where it is not set. */
  public Recovery processes(int processes) {
    return with("processes", Integer.toString(processes));
  }

  /** As many processes as the service's machine has GPUs. */
  public Recovery processPerGpu() {
    return with("processes", "auto");
  }

  /** The longest it may take, in whole seconds; what is best by then is the result. */
  public Recovery maxDuration(Duration most) {
    return with("maxDuration", most);
  }

  private Recovery with(String name, Object value) {
    return new Recovery(fields.with(name, value));
  }

  Fields fields() {
    return fields;
  }

  /** As the request document has it. */
  @Override
  public String toString() {
    return fields.toString();
  }
}
