package io.greenformers.service.compression;

import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.FailureHandler.ExponentialBackoffFailureHandler;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.greenformers.service.compression.StageQueue.StageOf;
import io.greenformers.service.compression.StageWorker.Next;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Ties the stage worker to db-scheduler. */
@Configuration(proxyBeanMethods = false)
class StageTask {
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

  /**
   * A stage as a durable task.
   *
   * <p>An execution whose process died is found by its missing heartbeat and run again; how often a
   * stage may begin is limited by the worker.
   */
  @Bean
  static Task<Void> stageCpu(StageWorker worker, Clock clock) {
    return Tasks.custom(StageQueue.STAGE_CPU)
        .onFailure(new ExponentialBackoffFailureHandler<>(FIRST_RETRY))
        .onDeadExecutionRevive()
        .execute((instance, context) ->
            switch (worker.work(StageOf.instance(instance.getId()))) {
              case Next.ENDED -> new CompletionHandler.OnCompleteRemove<Void>();
              case Next.AGAIN ->
                  (complete, operations) ->
                      operations.reschedule(complete, clock.instant().plus(FIRST_RETRY));
            });
  }
}
