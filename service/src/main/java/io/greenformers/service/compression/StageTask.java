package io.greenformers.service.compression;

import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskDescriptor;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.greenformers.service.compression.StageQueue.StageOf;
import io.greenformers.service.compression.StageWorker.Next;
import io.greenformers.service.settings.Pool;
import io.greenformers.service.settings.RoleSettings;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.env.Environment;

/** Ties the stage worker to db-scheduler: a durable task for each pool that this process serves. */
@Configuration(proxyBeanMethods = false)
@Import(StageTask.OfServedPools.class)
class StageTask {
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

  /** A stage that this version cannot read waits for a newer worker, and is not forgotten. */
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

  static final class OfServedPools implements BeanRegistrar {
    private static final ParameterizedTypeReference<Task<Void>> STAGE =
        new ParameterizedTypeReference<>() {};

    @Override
    public void register(BeanRegistry registry, Environment environment) {
      RoleSettings roles = Binder.get(environment).bindOrCreate("greenformers", RoleSettings.class);
      for (Pool pool : roles.served()) {
        registry.registerBean(
            StageQueue.task(pool).getTaskName(),
            STAGE,
            bean ->
                bean.supplier(context ->
                    stage(
                        StageQueue.task(pool),
                        context.bean(StageWorker.class),
                        context.bean(Clock.class))));
      }
    }
  }

  /**
   * A stage as a durable task.
   *
   * <p>An execution whose process died is found by its missing heartbeat and run again; how often a
   * stage may begin is limited by the worker.
   */
  private static Task<Void> stage(TaskDescriptor<Void> task, StageWorker worker, Clock clock) {
    return Tasks.custom(task)
        .onFailure((complete, operations) ->
            operations.reschedule(
                complete, clock.instant().plus(pause(complete.getExecution().consecutiveFailures))))
        .onDeadExecutionRevive()
        .execute((instance, context) ->
            switch (worker.work(StageOf.instance(instance.getId()))) {
              case Next.ENDED -> new CompletionHandler.OnCompleteRemove<Void>();
              case Next.AGAIN ->
                  (complete, operations) ->
                      operations.reschedule(complete, clock.instant().plus(FIRST_RETRY));
            });
  }

  private static Duration pause(int failures) {
    Duration doubled = FIRST_RETRY.multipliedBy(1L << Math.min(failures, 10));
    return doubled.compareTo(LONGEST_RETRY) < 0 ? doubled : LONGEST_RETRY;
  }
}
