package io.greenformers.engine.data;

import io.greenformers.engine.runtime.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
        ModelBatch.rows(inputs, size(), from, to),
        attentionMask.rows(from, to),
        examples.subList(from, to),
        targets.rows(from, to));
  }

  /** The length of the batch in tokens, padding included. */
  public int sequence() {
    return Math.toIntExact(attentionMask.shape().get(1));
  }

  @Override
  public Optional<Tensor> mask() {
    return Optional.of(attentionMask);
  }
}
