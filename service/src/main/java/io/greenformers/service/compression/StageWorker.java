package io.greenformers.service.compression;

import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.ChildOutcome.Fault;
import io.greenformers.protocol.child.Stage;
import io.greenformers.protocol.request.CompressionRequest;
import io.greenformers.protocol.request.InvalidRequestException;
import io.greenformers.service.artifact.StoredArtifact;
import io.greenformers.service.compression.Attempts.Attempt;
import io.greenformers.service.compression.Compression.Ending;
import io.greenformers.service.compression.StageQueue.StageOf;
import io.greenformers.service.compression.StageSpans.StageSpan;
import io.greenformers.service.stage.EngineStages;
import io.greenformers.service.stage.StageOutcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Does one stage of a compression. May be asked for the same stage again, at any time, by anyone:
 * it does what is left to do, and ends in one transaction that only the newest attempt can make.
 */
@Component
class StageWorker {
  private static final Logger LOG = LoggerFactory.getLogger(StageWorker.class);
  private static final int MOST_RETRIES = 2;

  /** How often a stage may begin: beyond the retries, processes that died with it. */
  private static final int MOST_ATTEMPTS = 8;

  private final Attempts attempts;
  private final StageInputs inputs;
  private final EngineStages stages;
  private final StageSpans spans;
  private final StageQueue queue;
  private final CompressionChanges changes;
  private final TransactionOperations transactions;
  private final UntilAnswered untilAnswered = UntilAnswered.ofDatabase();

  StageWorker(
      Attempts attempts,
      StageInputs inputs,
      EngineStages stages,
      StageSpans spans,
      StageQueue queue,
      CompressionChanges changes,
      TransactionOperations transactions) {
    this.attempts = attempts;
    this.inputs = inputs;
    this.stages = stages;
    this.spans = spans;
    this.queue = queue;
    this.changes = changes;
    this.transactions = transactions;
  }

  /** What is to become of the task. */
  enum Next {
    ENDED,
    AGAIN
  }

  Next work(StageOf work) {
    Optional<Attempt> claimed =
        Optional.ofNullable(
            transactions.execute(
                status -> attempts.claim(work.compression(), work.stage()).orElse(null)));
    if (claimed.isEmpty()) {
      return Next.ENDED;
    }
    Attempt attempt = claimed.get();
    changes.changed(attempt.id());
    try (StageSpan span = spans.begin(attempt)) {
      StageOutcome outcome =
          attempt.ofStage() > MOST_ATTEMPTS
              ? new StageOutcome.Failed(Fault.CRASHED, "the service ended too often with it")
              : attempt(attempt, request(attempt));
      span.ended(outcome);
      Next next = end(attempt, outcome);
      if (next == Next.ENDED) {
        stages.forget(attempt.id());
      }
      return next;
    }
  }

  /** What a newer version asks for is left to a newer worker. */
  private CompressionRequest request(Attempt attempt) {
    try {
      return inputs.request(attempt.id());
    } catch (InvalidRequestException e) {
      commit(attempt, () -> attempts.giveBack(attempt));
      throw e;
    }
  }

  private StageOutcome attempt(Attempt attempt, CompressionRequest request) {
    try {
      Map<String, StoredArtifact> artifacts = inputs.of(attempt.id(), request);
      return stages.run(attempt.id(), attempt.stage(), request, artifacts, new Progress(attempt));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new StageOutcome.Interrupted();
    } catch (DataAccessException e) {
      throw e; // nothing can be recorded now; db-scheduler tries again
    } catch (RuntimeException e) {
      LOG.error("compression {}, stage {} failed", attempt.id(), attempt.stage(), e);
      return new StageOutcome.Failed(
          Fault.INTERNAL, "the service could not run the stage; its log says why");
    }
  }

  private Next end(Attempt attempt, StageOutcome outcome) {
    LOG.info("compression {}, stage {}: {}", attempt.id(), attempt.stage(), outcome);
    return switch (outcome) {
      case StageOutcome.Done done -> {
        commit(attempt, () -> done(attempt, done));
        yield Next.ENDED;
      }
      case StageOutcome.Refused r -> {
        Ending because = Ending.because(r.code(), r.message());
        commit(
            attempt, () -> attempts.finish(attempt, CompressionState.REFUSED, because, Map.of()));
        yield Next.ENDED;
      }
      case StageOutcome.Failed f -> fail(attempt, f);
      case StageOutcome.Interrupted i ->
          commit(attempt, () -> attempts.giveBack(attempt)) ? Next.AGAIN : Next.ENDED;
    };
  }

  private boolean done(Attempt attempt, StageOutcome.Done done) {
    List<Stage> stages = Stage.of(inputs.request(attempt.id()));
    int next = stages.indexOf(attempt.stage()) + 1;
    if (next == stages.size()) {
      return attempts.finish(
          attempt,
          done.gatePassed() ? CompressionState.SUCCEEDED : CompressionState.GATE_FAILED,
          Ending.bound(done.bound()),
          done.artifacts());
    }
    boolean holds = attempts.advance(attempt, done.artifacts(), stages.get(next));
    if (holds) {
      queue.add(attempt.id(), stages.get(next));
    }
    return holds;
  }

  private Next fail(Attempt attempt, StageOutcome.Failed failed) {
    boolean again =
        failed.isWorthRetrying()
            && attempt.faults() < MOST_RETRIES
            && attempt.ofStage() <= MOST_ATTEMPTS;
    Ending because = Ending.because(failed.fault().code(), failed.message());
    boolean holds =
        commit(
            attempt,
            () -> {
              if (failed.killedChild()) {
                inputs.countKilledChild(attempt.id());
              }
              return again
                  ? attempts.countFault(attempt)
                  : attempts.finish(attempt, CompressionState.FAILED, because, Map.of());
            });
    return again && holds ? Next.AGAIN : Next.ENDED;
  }

  /** Tried until the database is back: what an attempt has done is worth more than the wait. */
  private boolean commit(Attempt attempt, BooleanSupplier changesInDatabase) {
    boolean holds =
        untilAnswered.get(() ->
            Boolean.TRUE.equals(transactions.execute(status -> changesInDatabase.getAsBoolean())));
    changes.changed(attempt.id());
    return holds;
  }

  /** Writes progress, not more often than people can see it. */
  private final class Progress implements StageOutcome.Watch {
    private static final long AT_MOST_EVERY_NANOS = 250_000_000;

    private final Attempt attempt;
    private long written = System.nanoTime() - AT_MOST_EVERY_NANOS;

    Progress(Attempt attempt) {
      this.attempt = attempt;
    }

    @Override
    public synchronized void progressed(ChildMessage.Progress progress) {
      long now = System.nanoTime();
      if (now - written < AT_MOST_EVERY_NANOS) {
        return;
      }
      written = now;
      attempts.progress(attempt, progress.fraction(), progress.activity());
      changes.changed(attempt.id());
    }

    @Override
    public boolean isWanted() {
      try {
        return attempts.isNewest(attempt);
      } catch (DataAccessException e) {
        LOG.warn("compression {}: the database does not answer; working on", attempt.id());
        return true;
      }
    }
  }
}
