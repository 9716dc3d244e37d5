package io.greenformers.cli.options;

import static io.greenformers.cli.options.RequestOptions.below;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** The field {@code recovery} of a request as options. */
final class RecoveryOptions {
  @Option(
      names = "--recover",
      description = {
        "Train the compressed model briefly, with the original as its teacher; needs examples.",
        "Any of the options below asks for that too."
      })
  boolean recover;

  @Option(names = "--epochs", description = "Over the training set (default: 1).")
  @Nullable Integer epochs;

  @Option(names = "--learning-rate", description = "The highest one (default: 1e-4).")
  @Nullable Double learningRate;

  @Option(names = "--warmup", description = "Share of the steps that it rises (default: 0.1).")
  @Nullable Double warmup;

  @Option(names = "--weight-decay", description = "Of AdamW (default: 0.01).")
  @Nullable Double weightDecay;

  @Option(names = "--schedule", description = "linear (default) or cosine, to 0.")
  @Nullable String schedule;

  @Option(names = "--batch-size", description = "Examples per step (default: 16).")
  @Nullable Integer batchSize;

  @Option(
      names = "--accumulation",
      description =
          "Parts that a batch is gone through in, to need less memory (default: 1; more by itself"
              + " where one does not fit).")
  @Nullable Integer accumulation;

  @Option(
      names = "--distill-logits",
      description = "Weight of the distance to the original's outputs (default: 0.7).")
  @Nullable Double logits;

  @Option(
      names = "--distill-hidden",
      description = "Weight of the distance to the original's values inside (default: 0).")
  @Nullable Double hidden;

  @Option(names = "--temperature", description = "That scores are divided by (default: 2).")
  @Nullable Double temperature;

  @Option(
      names = "--label-weight",
      description = "Weight of the loss on labels, where there are some (default: 0.3).")
  @Nullable Double labels;

  @Option(names = "--train-weights", description = "all (default) or factors.")
  @Nullable String weights;

  @Option(names = "--train-include", description = "Pattern of names of weights to train.")
  List<String> include = new ArrayList<>();

  @Option(names = "--patience", description = "Epochs without a better one (default: 3).")
  @Nullable Integer patience;

  @Option(names = "--precision", description = "auto (default), fp32 or bf16.")
  @Nullable String precision;

  @Option(names = "--device", description = "auto (default), cpu or cuda.")
  @Nullable String device;

  @Option(
      names = "--processes",
      description = "That share the training on this machine: 1 (default), more, or auto: as GPUs.")
  @Nullable String processes;

  @Option(names = "--max-duration", description = "Of the training: 90s, 30m, 2h (default: 30m).")
  @Nullable String maxDuration;

  void put(ObjectNode document) {
    ObjectNode recovery = below(document, "recovery");
    RequestOptions.put(recovery, "epochs", epochs);
    RequestOptions.put(recovery, "learningRate", learningRate);
    RequestOptions.put(recovery, "warmup", warmup);
    RequestOptions.put(recovery, "weightDecay", weightDecay);
    RequestOptions.put(recovery, "schedule", schedule);
    RequestOptions.put(recovery, "batchSize", batchSize);
    RequestOptions.put(recovery, "accumulation", accumulation);
    RequestOptions.put(recovery, "labels", labels);
    RequestOptions.put(recovery, "weights", weights);
    RequestOptions.put(recovery, "include", include);
    RequestOptions.put(recovery, "patience", patience);
    RequestOptions.put(recovery, "precision", precision);
    RequestOptions.put(recovery, "device", device);
    RequestOptions.put(recovery, "processes", processes);
    RequestOptions.put(recovery, "maxDuration", maxDuration);
    ObjectNode distillation = below(recovery, "distillation");
    RequestOptions.put(distillation, "logits", logits);
    RequestOptions.put(distillation, "hidden", hidden);
    RequestOptions.put(distillation, "temperature", temperature);
    if (distillation.isEmpty()) {
      recovery.remove("distillation");
    }
    if (recovery.isEmpty() && !recover) {
      document.remove("recovery");
    }
  }
}
