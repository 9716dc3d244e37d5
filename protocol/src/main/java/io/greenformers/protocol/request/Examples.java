package io.greenformers.protocol.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Examples of the user's, instead of random inputs: to calibrate, to recover, to measure. Any
 * subset of the three files; where one of them has to serve for two purposes it is split by the
 * seed, never overlapping.
 *
 * <p>They are texts, which the tokenizer makes inputs of; or, without a tokenizer, ready tensors:
 * an array for every input of the model under its name, with an example in each row, and maybe
 * labels.
 *
 * @param train to recover with, and to calibrate where there is no file for it: an uploaded
 *     dataset's id, or a path; so are the other files
 * @param evaluation held out, to measure on
 * @param calibration inputs for statistics
 * @param format of these files
 * @param task what the model does with a text; see {@link Task}. Of ready tensors none: their
 *     labels are classes, or classes of places, where they are whole numbers, else numbers
 * @param tokenizer a {@code tokenizer.json}; there for texts, and for them only
 * @param maxLength tokens after which a text is truncated
 * @param columns where a row has what
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record Examples(
    Optional<String> train,
    Optional<String> evaluation,
    Optional<String> calibration,
    Format format,
    Optional<Task> task,
    Optional<String> tokenizer,
    int maxLength,
    Columns columns) {

  /** How a file holds examples. */
  public enum Format {
    /**
     * Of texts, by the file's extension where it has one that is known, else by its content; of
     * ready tensors by their content.
     */
    @JsonProperty("auto")
    AUTO,
    /** One text per line; blank lines are none. */
    @JsonProperty("text")
    TEXT,
    /** RFC 4180 with a header. */
    @JsonProperty("csv")
    CSV,
    /** Separated by tabs, with a header; one row per line. */
    @JsonProperty("tsv")
    TSV,
    /** One JSON object per line. */
    @JsonProperty("jsonl")
    JSONL,
    /** Apache Parquet, uncompressed or with snappy or gzip. */
    @JsonProperty("parquet")
    PARQUET,
    /** Ready tensors, as {@code numpy.savez} writes them. */
    @JsonProperty("npz")
    NPZ,
    /** Ready tensors in safetensors. */
    @JsonProperty("safetensors")
    SAFETENSORS;

    private boolean mayBeTexts() {
      return this != NPZ && this != SAFETENSORS;
    }

    private boolean mayBeTensors() {
      return this == AUTO || !mayBeTexts();
    }

    /** As requests write it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What the model does. Where it is not given: {@code text-classification} if {@code
   * columns.label}, {@code budget.accuracyDrop} or {@code evaluation.metric} is, else {@code text}.
   */
  public enum Task {
    /** One class per text: its label is the index of the output that should be the largest. */
    @JsonProperty("text-classification")
    TEXT_CLASSIFICATION,
    /** One number per text. */
    @JsonProperty("text-regression")
    TEXT_REGRESSION,
    /** One class per word: {@code tokens} and {@code tags} are lists, in JSONL or Parquet. */
    @JsonProperty("token-classification")
    TOKEN_CLASSIFICATION,
    /** Tokens that were hidden, from those around them; needs no labels. */
    @JsonProperty("masked-language-modelling")
    MASKED_LANGUAGE_MODELLING,
    /** The next token, from those before it; needs no labels. */
    @JsonProperty("causal-language-modelling")
    CAUSAL_LANGUAGE_MODELLING,
    /** A vector per text; a row is a pair of texts that belong together. */
    @JsonProperty("embedding")
    EMBEDDING,
    /** Anything; labels are not looked at. */
    @JsonProperty("text")
    TEXT
  }

  /**
   * Names of columns, or of fields of JSON objects. Those that are not given are guessed.
   *
   * @param text the text; of a token classification the list of its words
   * @param textPair the second text of a pair; none where it is not given
   * @param label the index of the right class, from 0; a number; the list of the words' classes; of
   *     ready tensors the array of labels, named 'labels' where it is not given
   */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  public record Columns(Optional<String> text, Optional<String> textPair, Optional<String> label) {
    public Columns {
      Checks.named("data.columns.text", text);
      Checks.named("data.columns.textPair", textPair);
      Checks.named("data.columns.label", label);
    }
  }

  public Examples {
    Checks.named("data.train", train);
    Checks.named("data.evaluation", evaluation);
    Checks.named("data.calibration", calibration);
    Checks.named("data.tokenizer", tokenizer);
    Checks.require(maxLength > 0 && maxLength <= 65_536, "data.maxLength", "1 to 65536", maxLength);
    Checks.require(
        train.or(() -> evaluation).or(() -> calibration).isPresent(),
        "data",
        "at least one of train, evaluation and calibration: an id or a path",
        "none");
    requireOfOneKind(format, tokenizer);
    if (tokenizer.isEmpty()) {
      requireOfTensors(task, columns);
    }
  }

  private static void requireOfOneKind(Format format, Optional<String> tokenizer) {
    Checks.require(
        tokenizer.isPresent() || format.mayBeTensors(),
        "data.tokenizer",
        "the id of a tokenizer.json, or a path, since data.format " + format + " holds texts",
        "nothing");
    Checks.require(
        tokenizer.isEmpty() || format.mayBeTexts(),
        "data.tokenizer",
        "nothing, since data.format " + format + " holds ready tensors",
        tokenizer.orElse(""));
  }

  private static void requireOfTensors(Optional<Task> task, Columns columns) {
    String tensors = "nothing for ready tensors; texts need a data.tokenizer";
    task.ifPresent(given -> Checks.require(false, "data.task", tensors, given));
    columns.text().ifPresent(c -> Checks.require(false, "data.columns.text", tensors, c));
    columns.textPair().ifPresent(c -> Checks.require(false, "data.columns.textPair", tensors, c));
  }

  /** Whether they are ready tensors, not texts. */
  public boolean areTensors() {
    return tokenizer.isEmpty();
  }

  /** Whether it may be known what a model should make of them. */
  public boolean canBeMeasured() {
    return areTensors() || task.filter(t -> t != Task.TEXT).isPresent();
  }

  /** What is uploaded or read: the name of the field to its value, in the order of the document. */
  public Map<String, String> files() {
    Map<String, String> files = new LinkedHashMap<>();
    train.ifPresent(file -> files.put("train", file));
    evaluation.ifPresent(file -> files.put("evaluation", file));
    calibration.ifPresent(file -> files.put("calibration", file));
    tokenizer.ifPresent(file -> files.put("tokenizer", file));
    return files;
  }

  Examples withTask(Task whereNotGiven) {
    return new Examples(
        train,
        evaluation,
        calibration,
        format,
        task.or(() -> Optional.of(whereNotGiven)),
        tokenizer,
        maxLength,
        columns);
  }
}
