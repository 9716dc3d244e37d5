package io.greenformers.engine.recovery;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a training is: with the weights and moments, all that it takes to go on as if it had never
 * stopped.
 *
 * @param steps done
 * @param epoch that it is in, from 0
 * @param index of the next batch in it
 * @param firstLosses of the first steps
 * @param lastLosses of the latest steps, the latest last
 * @param curve of all steps' losses
 * @param quality on the held-out part, before the training and after every epoch
 * @param best the epoch of {@code quality} whose weights are kept
 * @param millis spent so far
 */
record TrainingState(
    long steps,
    int epoch,
    int index,
    List<Double> firstLosses,
    List<Double> lastLosses,
    LossCurve curve,
    List<Quality> quality,
    int best,
    long millis) {
  /** Losses of single batches vary: so many make a figure. */
  private static final int AVERAGED = 20;

  static final TrainingState BEGIN =
      new TrainingState(0, 0, 0, List.of(), List.of(), LossCurve.EMPTY, List.of(), 0, 0);

  TrainingState {
    firstLosses = List.copyOf(firstLosses);
    lastLosses = List.copyOf(lastLosses);
    quality = List.copyOf(quality);
  }

  /** After a step. */
  TrainingState stepped(double loss, long now) {
    List<Double> first = new ArrayList<>(firstLosses);
    if (first.size() < AVERAGED) {
      first.add(loss);
    }
    List<Double> last = new ArrayList<>(lastLosses);
    last.add(loss);
    if (last.size() > AVERAGED) {
      last.removeFirst();
    }
    return new TrainingState(
        steps + 1, epoch, index + 1, first, last, curve.with(loss), quality, best, now);
  }

  /** After the held-out part was looked at. */
  TrainingState judged(Quality found) {
    List<Quality> all = new ArrayList<>(quality);
    all.add(found);
    boolean better = quality.isEmpty() || found.loss() < quality.get(best).loss();
    return new TrainingState(
        steps,
        epoch,
        index,
        firstLosses,
        lastLosses,
        curve,
        all,
        better ? all.size() - 1 : best,
        millis);
  }

  /** At the begin of the next epoch. */
  TrainingState nextEpoch() {
    return new TrainingState(
        steps, epoch + 1, 0, firstLosses, lastLosses, curve, quality, best, millis);
  }

  /** Whether the newest quality is the best one. */
  boolean isBest() {
    return best == quality.size() - 1;
  }

  /** How many epochs went by without a better one. */
  int withoutBetter() {
    return quality.size() - 1 - best;
  }

  static Optional<Double> mean(List<Double> losses) {
    return losses.isEmpty()
        ? Optional.empty()
        : Optional.of(losses.stream().mapToDouble(Double::doubleValue).average().orElseThrow());
  }
}
