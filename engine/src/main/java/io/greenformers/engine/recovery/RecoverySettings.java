package io.greenformers.engine.recovery;

import java.time.Duration;

/**
 * How a student is trained.
 *
 * @param epochs how often the training set is gone through
 * @param rate the learning rate over the steps
 * @param weightDecay of matrices, decoupled from the gradient; biases and scales have none
 * @param accumulation parts that every batch is gone through in, whose gradients add up
 * @param losses what is made small
 * @param patience after so many epochs without a better one the training ends
 * @param longest the training ends after that; what is best by then is kept
 */
public record RecoverySettings(
    int epochs,
    LearningRate rate,
    double weightDecay,
    int accumulation,
    LossWeights losses,
    int patience,
    Duration longest) {
  public RecoverySettings {
    if (epochs < 1 || patience < 1 || accumulation < 1 || weightDecay < 0) {
      throw new IllegalArgumentException(
          "expected epochs, patience and accumulation of at least 1 and no negative decay, found %d, %d, %d and %s"
              .formatted(epochs, patience, accumulation, weightDecay));
    }
  }

  /** The same, gone through in at least so many parts. */
  public RecoverySettings inParts(int least) {
    return new RecoverySettings(
        epochs, rate, weightDecay, Math.max(accumulation, least), losses, patience, longest);
  }

  /**
   * The weights of the parts of the loss.
   *
   * @param labels of the distance to what is labelled
   * @param logits of the distance to the teacher's outputs
   * @param hidden of the distance to the teacher's values inside
   * @param temperature that scores of classes are divided by, in both models
   */
  public record LossWeights(double labels, double logits, double hidden, double temperature) {
    public LossWeights {
      if (labels < 0 || logits < 0 || hidden < 0 || temperature <= 0) {
        throw new IllegalArgumentException(
            "expected weights of at least 0 and a temperature above 0, found %s %s %s %s"
                .formatted(labels, logits, hidden, temperature));
      }
    }
  }
}
