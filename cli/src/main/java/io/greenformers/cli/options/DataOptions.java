package io.greenformers.cli.options;

import static io.greenformers.cli.options.RequestOptions.below;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** The fields {@code data} and {@code calibration} of a request as options. */
public final class DataOptions {
  private static final List<String> FILES =
      List.of("train", "evaluation", "calibration", "tokenizer");

  @Option(names = "--train", paramLabel = "FILE", description = "To calibrate and recover with.")
  @Nullable Path train;

  @Option(
      names = {"--evaluation", "--texts", "--data"},
      paramLabel = "FILE",
      description = {
        "Held-out examples to measure on, instead of random inputs: texts, one per line, or CSV,",
        "TSV, JSONL or Parquet with labels; or, without --tokenizer, ready tensors (.npz,",
        "safetensors) named like the model's inputs, and 'labels' if there are any. Without",
        "--train and --calibration a third is calibrated with."
      })
  @Nullable Path evaluation;

  @Option(
      names = "--calibration",
      paramLabel = "FILE",
      description = "To calibrate with, in the place of --train.")
  @Nullable Path calibration;

  @Option(
      names = "--tokenizer",
      paramLabel = "FILE",
      description = "A tokenizer.json, for texts; none for ready tensors.")
  @Nullable Path tokenizer;

  @Option(
      names = "--format",
      description =
          "auto (default); text, csv, tsv, jsonl or parquet; of ready tensors npz or safetensors.")
  @Nullable String format;

  @Option(
      names = "--task",
      description = {
        "What the model does: text-classification (default where there is a label column, a",
        "--metric or an --accuracy-drop), text-regression, token-classification (JSONL: lists",
        "'tokens' and 'tags'), masked-language-modelling, causal-language-modelling, embedding",
        "(pairs of texts) or text (nothing is known of them)."
      })
  @Nullable String task;

  @Option(names = "--max-length", description = "Tokens kept of a text (default: 128).")
  @Nullable Integer maxLength;

  @Option(names = "--text-column", paramLabel = "NAME", description = "Guessed if not given.")
  @Nullable String textColumn;

  @Option(names = "--text-pair-column", paramLabel = "NAME", description = "Second of a pair.")
  @Nullable String textPairColumn;

  @Option(
      names = "--label-column",
      paramLabel = "NAME",
      description = {
        "The class of an example, from 0, or its number: both models are measured by it. Of",
        "ready tensors the array of labels (default: labels, if there is one)."
      })
  @Nullable String labelColumn;

  @Option(names = "--calibration-samples", description = "At most (default: 512).")
  @Nullable Integer calibrationSamples;

  /**
   * Puts what was given into a request; it wins over what is there.
   *
   * @param spec the file that the document was read from; paths in it are relative to it
   */
  public void put(ObjectNode document, @Nullable Path spec) {
    if (spec != null && document.get("data") instanceof ObjectNode data) {
      resolve(data, spec);
    }
    RequestOptions.put(below(document, "calibration"), "samples", calibrationSamples);
    Map<String, @Nullable Object> fields = fields();
    Map<String, @Nullable Object> columns = columns();
    if (any(fields) || any(columns)) {
      ObjectNode data = below(document, "data");
      fields.forEach((field, value) -> RequestOptions.put(data, field, value));
      columns.forEach((field, value) -> RequestOptions.put(below(data, "columns"), field, value));
    }
  }

  private static void resolve(ObjectNode data, Path spec) {
    for (String field : FILES) {
      if (data.has(field)) {
        data.put(field, spec.resolveSibling(data.get(field).asString()).toString());
      }
    }
  }

  private Map<String, @Nullable Object> fields() {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("train", name(train));
    fields.put("evaluation", name(evaluation));
    fields.put("calibration", name(calibration));
    fields.put("tokenizer", name(tokenizer));
    fields.put("format", format);
    fields.put("task", task);
    fields.put("maxLength", maxLength);
    return fields;
  }

  private Map<String, @Nullable Object> columns() {
    Map<String, @Nullable Object> columns = new LinkedHashMap<>();
    columns.put("text", textColumn);
    columns.put("textPair", textPairColumn);
    columns.put("label", labelColumn);
    return columns;
  }

  private static boolean any(Map<String, @Nullable Object> fields) {
    return fields.values().stream().anyMatch(Objects::nonNull);
  }

  private static @Nullable String name(@Nullable Path file) {
    return file == null ? null : file.toString();
  }
}
