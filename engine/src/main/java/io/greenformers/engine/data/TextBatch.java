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
 */
public record TextBatch(
    Map<String, Tensor> inputs, Tensor attentionMask, List<TextExample> examples) {
  public TextBatch {
    inputs = Map.copyOf(inputs);
    examples = List.copyOf(examples);
  }

  /** How many texts there are. */
  public int size() {
    return examples.size();
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
   * The label of a text.
   *
   * @throws java.util.NoSuchElementException if labels were not asked for
   */
  public int label(int index) {
    return examples.get(index).label().orElseThrow();
  }

  /**
   * Checks labels against the width of a model's output.
   *
   * @param classes how many classes the model knows
   * @throws InvalidDatasetException if a label is not below it, with the lines of the first ten
   */
  public static void requireLabelsBelow(int classes, List<TextBatch> batches) {
    BadRows bad = new BadRows();
    for (TextBatch batch : batches) {
      for (TextExample example : batch.examples()) {
        int label = example.label().orElse(-1);
        if (label < 0 || label >= classes) {
          bad.add(
              example.line(),
              "expected a label from 0 to %d, since the model has %d classes, found %d"
                  .formatted(classes - 1, classes, label));
        }
      }
    }
    bad.refuse("dataset-label-out-of-range");
  }
}
