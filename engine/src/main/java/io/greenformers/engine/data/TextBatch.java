package io.greenformers.engine.data;

import io.greenformers.engine.runtime.Tensor;
import java.util.List;
import java.util.Map;

/**
 * Texts as one run's inputs.
 *
 * @param inputs by the names of the model
 * @param attentionMask int64 [batch, sequence], 1 where there is a token and 0 where there is
 *     padding, whether or not the model takes such an input
 * @param examples the texts, in the order of the batch axis
 * @param targets what the model should give for them
 */
public record TextBatch(
    Map<String, Tensor> inputs, Tensor attentionMask, List<TextExample> examples, Targets targets)
    implements ModelBatch {
  public TextBatch {
    inputs = Map.copyOf(inputs);
    examples = List.copyOf(examples);
  }

  /** Texts with the targets that their own labels say. */
  public TextBatch(Map<String, Tensor> inputs, Tensor attentionMask, List<TextExample> examples) {
    this(inputs, attentionMask, examples, Targets.of(examples));
  }

  /** How many texts there are. */
  @Override
  public int size() {
    return examples.size();
  }

  @Override
  public TextBatch rows(int from, int to) {
    return new TextBatch(
        ModelBatch.rows(inputs, from, to),
        attentionMask.rows(from, to),
        examples.subList(from, to),
        targets.rows(from, to));
  }

  /**
   * One of as many shares of the rows, padded as the whole is. Every row is in one share, and
   * shares differ by one row at most; where there are fewer rows than shares, each share is the
   * whole.
   *
   * @param index of the share, from 0
   */
  public TextBatch share(int index, int shares) {
    return shares == 1 || size() < shares
        ? this
        : rows(size() * index / shares, size() * (index + 1) / shares);
  }

  /** The length of the batch in tokens, padding included. */
  public int sequence() {
    return Math.toIntExact(attentionMask.shape().get(1));
  }

  /** Whether there is a token, and no padding, at a place of the row-major mask. */
  public boolean isToken(int place) {
    return attentionMask.get(place) != 0;
  }

  /**
   * The class of a text.
   *
   * @throws IllegalStateException if it has none
   */
  public int label(int index) {
    if (examples.get(index).label() instanceof Label.OfClass(int label)) {
      return label;
    }
    throw new IllegalStateException("expected a class, found " + examples.get(index).label());
  }

  /**
   * Checks classes against the width of a model's output.
   *
   * @param classes how many classes the model knows
   * @throws InvalidDatasetException if one is not below it, with the lines of the first ten
   */
  public static void requireLabelsBelow(int classes, List<TextBatch> batches) {
    ClassRange.require(
        classes, batches.stream().flatMap(batch -> batch.examples().stream()).toList());
  }
}
