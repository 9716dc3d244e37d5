package io.greenformers.service.compression;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import io.greenformers.protocol.child.Stage;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Puts stages into the durable queue, in the transaction that makes them due. */
@Component
class StageQueue {
  /** The pool of stages that need no GPU. */
  static final TaskDescriptor<Void> STAGE_CPU = TaskDescriptor.of("stage-cpu");

  private final ObjectProvider<Scheduler> scheduler;
  private final Clock clock;

  StageQueue(ObjectProvider<Scheduler> scheduler, Clock clock) {
    this.scheduler = scheduler;
    this.clock = clock;
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
        STAGE_CPU.instance(new StageOf(compression, stage).instance()).build(), clock.instant());
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            queue.triggerCheckForDueExecutions();
          }
        });
  }
}
