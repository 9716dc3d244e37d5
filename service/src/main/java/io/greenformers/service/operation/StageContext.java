package io.greenformers.service.operation;

import com.github.kagkarlsson.scheduler.event.ExecutionChain;
import com.github.kagkarlsson.scheduler.event.ExecutionInterceptor;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionContext;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Locale;
import org.slf4j.MDC;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Names compression and tenant in what is logged while a stage is worked on, and measures how long
 * that takes and how it ends: {@code ended}, {@code again} (a fault, or given back) or {@code
 * thrown} (nothing could be recorded).
 */
@Component
final class StageContext implements ExecutionInterceptor {
  private static final String TIMER = "greenformers.stage";

  private final JdbcClient jdbc;
  private final MeterRegistry meters;

  StageContext(JdbcClient jdbc, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.meters = meters;
  }

  @Override
  public CompletionHandler<?> execute(
      TaskInstance<?> task, ExecutionContext context, ExecutionChain chain) {
    String[] instance = task.getId().split(":", 2);
    if (instance.length < 2) {
      return chain.proceed(task, context);
    }
    long start = System.nanoTime();
    String end = "thrown";
    try (MDC.MDCCloseable _ = MDC.putCloseable("compression", instance[0]);
        MDC.MDCCloseable _ = MDC.putCloseable("tenant", tenant(instance[0]))) {
      CompletionHandler<?> next = chain.proceed(task, context);
      end = next instanceof CompletionHandler.OnCompleteRemove<?> ? "ended" : "again";
      return next;
    } finally {
      meters
          .timer(TIMER, "stage", instance[1].toLowerCase(Locale.ROOT), "end", end)
          .record(Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private String tenant(String compression) {
    return jdbc.sql("select tenant from compression where id = ?")
        .param(compression)
        .query(String.class)
        .optional()
        .orElse("");
  }
}
