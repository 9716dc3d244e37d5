package io.greenformers.service.operation;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerState;
import com.github.kagkarlsson.scheduler.event.AbstractSchedulerListener;
import com.github.kagkarlsson.scheduler.task.Execution;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Whether this process looks for work: not whether its scheduler was started, but whether it has
 * asked the queue lately. Counts the stages that were taken over from dead workers, too.
 */
@Component("worker")
final class WorkerHealth extends AbstractSchedulerListener implements HealthIndicator {
  /** The queue is asked every second; half a minute of silence is none of its pauses. */
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);

  private final ObjectProvider<Scheduler> scheduler;

  /** There from the start: what grows from nothing to one is no increase to Prometheus. */
  private final Counter revivals;

  private final Clock clock;
  private volatile Instant asked;

  WorkerHealth(ObjectProvider<Scheduler> scheduler, MeterRegistry meters, Clock clock) {
    this.scheduler = scheduler;
    this.revivals = meters.counter("greenformers.stage.revivals");
    this.clock = clock;
    this.asked = clock.instant();
  }

  @Override
  public void onSchedulerEvent(SchedulerEventType type) {
    if (type == SchedulerEventType.RAN_EXECUTE_DUE) {
      asked = clock.instant();
    }
  }

  @Override
  public void onExecutionDead(Execution execution) {
    revivals.increment();
  }

  @Override
  public Health health() {
    SchedulerState state = scheduler.getObject().getSchedulerState();
    boolean works = state.isStarted() && !state.isShuttingDown() && !state.isPaused();
    boolean asks = Duration.between(asked, clock.instant()).compareTo(LONGEST_SILENCE) < 0;
    return works && asks
        ? Health.up().build()
        : Health.down().withDetail("asked", asked).withDetail("started", works).build();
  }
}
