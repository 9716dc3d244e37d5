package io.greenformers.client;

/**
 * Examples to calibrate, to train and to measure with: the ids of uploaded datasets. Any subset of
 * the three; where one of them has to serve for two purposes it is split, never overlapping.
 * Immutable: every method returns another one.
 *
 * <pre>{@code
 * Examples.texts(tokenizer.id()).train(train.id()).evaluation(dev.id()).labelColumn("label")
 * }</pre>
 */
public final class Examples {
  private final Fields fields;

  private Examples(Fields fields) {
    this.fields = fields;
  }

  /** How a file holds examples. */
  public enum Format {
    /** Found by the content. */
    AUTO,
    /** One text per line. */
    TEXT,
    /** RFC 4180 with a header. */
    CSV,
    /** Separated by tabs, with a header. */
    TSV,
    /** One JSON object per line. */
    JSONL,
    /** Apache Parquet. */
    PARQUET,
    /** Ready tensors, as {@code numpy.savez} writes them. */
    NPZ,
    /** Ready tensors in safetensors. */
    SAFETENSORS
  }

  /** What the model does, and so what a row holds. */
  public enum Task {
    /** One class per text, from 0. */
    TEXT_CLASSIFICATION,
    /** One number per text. */
    TEXT_REGRESSION,
    /** One class per word: {@code tokens} and {@code tags} are lists. */
    TOKEN_CLASSIFICATION,
    /** Tokens that were hidden; needs no labels. */
    MASKED_LANGUAGE_MODELLING,
    /** The next token; needs no labels. */
    CAUSAL_LANGUAGE_MODELLING,
    /** A vector per text; a row is a pair of texts that belong together. */
    EMBEDDING,
    /** Anything; labels are not looked at. */
    TEXT
  }

  /**
   * Texts.
   *
   * @param tokenizer the id of the {@code tokenizer.json}
   */
  public static Examples texts(String tokenizer) {
    return new Examples(Fields.NONE.with("tokenizer", tokenizer));
  }

  /** Ready tensors: an array for every input of the model, an example in each row. */
  public static Examples tensors() {
    return new Examples(Fields.NONE);
  }

  /** To recover with; statistics are taken from it where there is nothing else for that. */
  public Examples train(String dataset) {
    return with("train", dataset);
  }

  /**
   * Held out, to measure on; part of it is calibrated with where there is nothing else for that.
   */
  public Examples evaluation(String dataset) {
    return with("evaluation", dataset);
  }

  /** For statistics. */
  public Examples calibration(String dataset) {
    return with("calibration", dataset);
  }

  /** How the files hold examples; {@link Format#AUTO} where it is not set. */
  public Examples format(Format format) {
    return with("format", format);
  }

  /** Of texts: what the model does. Guessed where it is not set. */
  public Examples task(Task task) {
    return with("task", task);
  }

  /** Of texts: tokens after which one is truncated; 128 where it is not set. */
  public Examples maxLength(int tokens) {
    return with("maxLength", tokens);
  }

  /** The column, or JSON field, of the text; guessed where it is not set. */
  public Examples textColumn(String name) {
    return with("columns.text", name);
  }

  /** The column of the second text of a pair. */
  public Examples textPairColumn(String name) {
    return with("columns.textPair", name);
  }

  /** The column of the label; setting it has the accuracy of both models measured. */
  public Examples labelColumn(String name) {
    return with("columns.label", name);
  }

  private Examples with(String name, Object value) {
    return new Examples(fields.with(name, value));
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
