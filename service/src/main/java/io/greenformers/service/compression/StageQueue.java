package io.greenformers.service.compression;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import io.greenformers.protocol.child.Stage;
import io.greenformers.service.settings.Pool;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Puts stages into the durable queue, in the transaction that makes them due. */
@Component
class StageQueue {
  private static final TaskDescriptor<Void> STAGE_CPU = TaskDescriptor.of("stage-cpu");
  private static final TaskDescriptor<Void> STAGE_GPU = TaskDescriptor.of("stage-gpu");

  private final ObjectProvider<Scheduler> scheduler;
  private final FairTurns turns;
  private final Clock clock;

  StageQueue(ObjectProvider<Scheduler> scheduler, FairTurns turns, Clock clock) {
    this.scheduler = scheduler;
    this.turns = turns;
    this.clock = clock;
  }

  /** The task that workers of a pool look for. */
  static TaskDescriptor<Void> task(Pool pool) {
    return switch (pool) {
      case CPU -> STAGE_CPU;
      case GPU -> STAGE_GPU;
    };
  }

  /** Whose stage it is. */
  static Pool pool(Stage stage) {
    return switch (stage) {
      case RECOVER -> Pool.GPU;
      case INSPECT, PREDICT, FACTORIZE, EVALUATE, VERIFY -> Pool.CPU;
    };
  }

  /** What a task's instance stands for. */
  record StageOf(String compression, Stage stage) {
    static StageOf instance(String text) {
      int colon = text.indexOf(':');
      return new StageOf(text.substring(0, colon), Stage.valueOf(text.substring(colon + 1)));
    }

    String instance() {
      return compression + ":" + stage.name();
    }
  }

  /** Queues a stage once; it starts when the surrounding transaction is committed. */
  void add(String compression, Stage stage) {
    Scheduler queue = scheduler.getObject();
    queue.scheduleIfNotExists(
        task(pool(stage))
            .instance(new StageOf(compression, stage).instance())
            .priority(turns.priority(compression))
            .build(),
        clock.instant());
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            queue.triggerCheckForDueExecutions();
          }
        });
  }
}
