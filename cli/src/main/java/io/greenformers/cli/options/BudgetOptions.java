package io.greenformers.cli.options;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** The field {@code budget} of a request as options. */
public final class BudgetOptions {
  @Option(names = "--size-ratio", description = "Compressed / original bytes of all files.")
  @Nullable Double sizeRatio;

  @Option(names = "--latency-ratio", description = "Worst compressed / original p50.")
  @Nullable Double latencyRatio;

  @Option(
      names = "--accuracy-drop",
      description = {
        "Most original - compressed accuracy, in the unit of the --metric; its upper bound. Needs",
        "examples of which it is known what is right."
      })
  @Nullable Double accuracyDrop;

  public void put(ObjectNode document) {
    ObjectNode budget = RequestOptions.below(document, "budget");
    RequestOptions.put(budget, "sizeRatio", sizeRatio);
    RequestOptions.put(budget, "latencyRatio", latencyRatio);
    RequestOptions.put(budget, "accuracyDrop", accuracyDrop);
  }
}
