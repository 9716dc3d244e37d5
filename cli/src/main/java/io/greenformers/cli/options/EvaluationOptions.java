package io.greenformers.cli.options;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** The field {@code evaluation} of a request as options. */
public final class EvaluationOptions {
  @Option(names = "--batch-sizes", split = ",", description = "To time (default: 1,8).")
  List<Integer> batchSizes = new ArrayList<>();

  @Option(names = "--sequence-lengths", split = ",", description = "To time (default: 32,128).")
  List<Integer> sequenceLengths = new ArrayList<>();

  @Option(names = "--confidence", description = "Of --accuracy-drop (default: 0.95).")
  @Nullable Double confidence;

  @Option(
      names = "--metric",
      description = {
        "What accuracy is measured by. Of text-classification: accuracy (default), macro-f1,",
        "matthews, auc; text-regression: pearson, spearman; token-classification: token-f1,",
        "accuracy, macro-f1, matthews; language modelling: perplexity, accuracy; embedding:",
        "recall-at-1, cosine, spearman."
      })
  @Nullable String metric;

  public void put(ObjectNode document) {
    ObjectNode evaluation = RequestOptions.below(document, "evaluation");
    RequestOptions.put(evaluation, "confidence", confidence);
    RequestOptions.put(evaluation, "metric", metric);
    ObjectNode latency = RequestOptions.below(evaluation, "latency");
    RequestOptions.put(latency, "batchSizes", batchSizes);
    RequestOptions.put(latency, "sequenceLengths", sequenceLengths);
  }
}
