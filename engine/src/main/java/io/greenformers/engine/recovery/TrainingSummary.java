package io.greenformers.engine.recovery;

import java.util.List;
import java.util.Optional;

/**
 * How a training went.
 *
 * @param steps of the optimizer
 * @param epochs that were finished
 * @param millis that it took, those before a restart included
 * @param lossFirst mean of the first steps' losses
 * @param lossLast mean of the last steps' losses
 * @param losses of all steps, thinned out
 * @param quality on the held-out part, before the training and after every epoch
 * @param best which of them the weights are of
 * @param ending why it ended
 */
public record TrainingSummary(
    long steps,
    int epochs,
    long millis,
    Optional<Double> lossFirst,
    Optional<Double> lossLast,
    List<LossPoint> losses,
    List<Quality> quality,
    int best,
    Training.Ending ending) {
  public TrainingSummary {
    losses = List.copyOf(losses);
    quality = List.copyOf(quality);
  }
}
