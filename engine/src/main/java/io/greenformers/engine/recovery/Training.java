package io.greenformers.engine.recovery;

import io.greenformers.engine.data.TrainingSet;
import io.greenformers.engine.op.GraphExecutor;
import io.greenformers.engine.torch.Peers;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Trains a student. With the same models, data, settings and number of threads the result is the
 * same to the bit, on a CPU; and so it is if the training was killed and went on from its last
 * checkpoint.
 *
 * <p>Several processes train as one: each takes its rows of every batch, gradients are summed, and
 * all step alike. The first one alone judges and saves.
 *
 * <p>The weights of the student's executor end as the best ones. Not thread-safe.
 */
public final class Training implements AutoCloseable {
  private static final long EVERY_NANOS = 500_000_000;

  private final TrainingSet batches;
  private final Examiner examiner;
  private final RecoverySettings settings;
  private final Optional<Checkpoints> checkpoints;
  private final AdamW optimizer;
  private final TrainingStep step;
  private final BestWeights best;
  private final LongSupplier clock;
  private final Peers peers;
  private final Lead lead;
  private TrainingState state = TrainingState.BEGIN;

  /**
   * What a training needs.
   *
   * @param student with parameters; they are changed
   * @param teacher without
   * @param batches to train with
   * @param heldOut to judge by after every epoch
   * @param peers who train the same student, with the same batches, of which each takes its rows
   */
  public record Parts(
      GraphExecutor student,
      GraphExecutor teacher,
      Objective objective,
      TrainingSet batches,
      TrainingSet heldOut,
      Peers peers) {}

  /**
   * Begins, or goes on where a checkpoint is.
   *
   * @param checkpoints where the state outlives the process, if anywhere; the first process's alone
   */
  public Training(Parts parts, RecoverySettings settings, Optional<Checkpoints> checkpoints) {
    this(parts, settings, checkpoints, System::nanoTime);
  }

  Training(
      Parts parts,
      RecoverySettings settings,
      Optional<Checkpoints> checkpoints,
      LongSupplier clock) {
    this.peers = parts.peers();
    this.batches = parts.batches();
    this.examiner =
        new Examiner(parts.student(), parts.teacher(), parts.objective(), parts.heldOut());
    this.settings = settings;
    this.checkpoints = checkpoints;
    this.clock = clock;
    this.optimizer = new AdamW(parts.student().parameters(), settings.weightDecay());
    this.step = new TrainingStep(parts, optimizer, settings.accumulation());
    this.best = new BestWeights(parts.student().parameters());
    this.lead = new Lead(peers);
    checkpoints.flatMap(c -> c.restore(optimizer, best)).ifPresent(restored -> state = restored);
    follow();
  }

  /** Begins where the first process does. */
  private void follow() {
    state = lead.state(state);
    optimizer.resumeAt(state.steps());
    optimizer.state().values().forEach(peers::broadcast);
  }

  /** How a training went. */
  public interface Progress {
    /**
     * Told now and then.
     *
     * @param fraction of all steps
     * @param activity for people
     */
    void at(double fraction, String activity);
  }

  /** Trains to the end. */
  public TrainingSummary run(Progress progress) {
    long begun = clock.getAsLong() - state.millis() * 1_000_000;
    long told = clock.getAsLong() - EVERY_NANOS;
    if (state.quality().isEmpty()) {
      progress.at(0, "looking at the student before it is trained");
      judge();
    }
    long all = (long) settings.epochs() * batches.batchesPerEpoch();
    while (state.epoch() < settings.epochs() && state.withoutBetter() < settings.patience()) {
      while (state.index() < batches.batchesPerEpoch()) {
        double rate = settings.rate().at(state.steps(), all);
        double loss = step.run(batches.batch(state.epoch(), state.index()), rate);
        if (!Double.isFinite(loss)) {
          return summary(Ending.DIVERGED);
        }
        long now = clock.getAsLong();
        state = state.stepped(loss, lead.number((now - begun) / 1_000_000));
        if (now - told >= EVERY_NANOS || state.steps() == all) {
          told = now;
          progress.at((double) state.steps() / all, describe(rate, all));
        }
        if (state.millis() > settings.longest().toMillis()) {
          judge();
          return summary(Ending.TIME);
        }
        checkpoints.ifPresent(c -> c.saveWhenDue(state, optimizer, best));
      }
      judge();
      state = state.nextEpoch();
      checkpoints.ifPresent(c -> c.save(state, optimizer, best));
    }
    return summary(state.epoch() < settings.epochs() ? Ending.PATIENCE : Ending.EPOCHS);
  }

  /** Why a training ended. */
  public enum Ending {
    /** All epochs are done. */
    EPOCHS,
    /** It got no better. */
    PATIENCE,
    /** It took as long as it may. */
    TIME,
    /** The loss was no number any more: a lower learning rate may do. */
    DIVERGED
  }

  private void judge() {
    if (peers.isFirst()) {
      state = state.judged(examiner.examine(state.quality().size()));
    }
    state = lead.state(state);
    if (state.isBest()) {
      best.take();
    }
  }

  private TrainingSummary summary(Ending ending) {
    best.put();
    return new TrainingSummary(
        state.steps(),
        state.epoch(),
        state.millis(),
        TrainingState.mean(state.firstLosses()),
        TrainingState.mean(state.lastLosses()),
        state.curve().points(),
        state.quality(),
        state.best(),
        ending);
  }

  private String describe(double rate, long all) {
    double left = (double) state.millis() / state.steps() * (all - state.steps()) / 1000;
    return "epoch %d of %d, step %d of %d, loss %.4f, rate %.1e, about %.0f s left"
        .formatted(
            state.epoch() + 1,
            settings.epochs(),
            state.steps(),
            all,
            TrainingState.mean(state.lastLosses()).orElse(0.0),
            rate,
            left);
  }

  @Override
  public void close() {
    optimizer.close();
    best.close();
  }
}
