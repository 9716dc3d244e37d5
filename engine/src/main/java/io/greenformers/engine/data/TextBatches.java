package io.greenformers.engine.data;

import io.greenformers.engine.runtime.InputSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Texts as a model's inputs.
 *
 * <p>Texts are sorted by their length in tokens and cut into batches. A model that takes a mask has
 * the shorter texts of a batch padded at the end; for one without, a batch holds texts of one
 * length only, since nothing would keep it from reading the padding. The same texts make the same
 * batches.
 */
public final class TextBatches {
  private static final int MOST_TEXTS = 32;
  private static final int MOST_TOKENS = 8192;

  /** Where an output is as wide as the vocabulary at every token: some 60 MB of BERT's. */
  private static final int MOST_TOKENS_OF_LANGUAGE = 512;

  private final TextInputs inputs;
  private final TextTask task;
  private final int mostTexts;

  /**
   * Prepares inputs.
   *
   * @param specs the model's inputs: token ids, and masks, segments and positions beside them
   * @param bounds by input name: ids must lie in [0, bound)
   * @param task decides the targets; see {@link Targets}
   * @throws InvalidDatasetException if the model takes what no text gives
   */
  public TextBatches(List<InputSpec> specs, Map<String, Long> bounds, TextTask task) {
    this(new TextInputs(specs, bounds), task, MOST_TEXTS);
  }

  private TextBatches(TextInputs inputs, TextTask task, int mostTexts) {
    this.inputs = inputs;
    this.task = task;
    this.mostTexts = mostTexts;
  }

  /** The same with one text in each batch. */
  public TextBatches singly() {
    return new TextBatches(inputs, task, 1);
  }

  /** Whether the model takes one text at a time only. */
  public boolean isOfOneText() {
    return inputs.isOfOneText();
  }

  /** For texts whose labels, if they have any, are those of whole texts. */
  public TextBatches(List<InputSpec> specs, Map<String, Long> bounds) {
    this(specs, bounds, TextTask.NONE);
  }

  /**
   * Batches of texts; those that have no token at all are left out. What a masked language model is
   * to find is hidden by what a text says, so always the same.
   *
   * @param maxLength tokens after which a text is truncated
   * @throws InvalidDatasetException if the tokenizer cannot be used with this model
   */
  public List<TextBatch> of(List<TextExample> examples, Path tokenizer, int maxLength) {
    try (TextTokenizer reader = TextTokenizer.read(tokenizer, inputs.mostTokens(maxLength))) {
      TokenTargets targets = TokenTargets.of(task, reader.vocabulary(), inputs.knownIds());
      List<TextExample> texts =
          task == TextTask.EMBEDDING ? TextPairs.apart(examples) : List.copyOf(examples);
      List<Encoded> sorted = new ArrayList<>();
      for (Encoded text : reader.encode(texts)) {
        if (text.length() > 0) {
          sorted.add(
              new Encoded(
                  text.example(), targets.of(text.tokens(), ContentHash.of(text.example(), 0))));
        }
      }
      inputs.require(sorted);
      sorted.sort(Comparator.comparingInt(Encoded::length));
      return batches(sorted, reader.vocabulary().padding());
    }
  }

  private List<TextBatch> batches(List<Encoded> sorted, int padding) {
    List<TextBatch> batches = new ArrayList<>();
    int from = 0;
    for (int to = 1; to <= sorted.size(); to++) {
      if (to == sorted.size() || !fits(sorted.subList(from, to), sorted.get(to))) {
        batches.add(inputs.batch(sorted.subList(from, to), padding));
        from = to;
      }
    }
    return List.copyOf(batches);
  }

  /** Whether a text that is at least as long as those in the batch may come to them. */
  private boolean fits(List<Encoded> batch, Encoded next) {
    return batch.size() < mostTexts
        && !inputs.isOfOneText()
        && (batch.size() + 1) * inputs.paddedLength(next.length()) <= mostTokens()
        && (inputs.pads() || batch.getFirst().length() == next.length());
  }

  private int mostTokens() {
    return switch (task) {
      case MASKED_LANGUAGE, CAUSAL_LANGUAGE -> MOST_TOKENS_OF_LANGUAGE;
      case CLASSIFICATION, REGRESSION, TOKEN_CLASSIFICATION, EMBEDDING, NONE -> MOST_TOKENS;
    };
  }
}
