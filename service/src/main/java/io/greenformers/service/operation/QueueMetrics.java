package io.greenformers.service.operation;

import io.greenformers.service.operation.QueueView.Pool;
import io.greenformers.service.operation.QueueView.StoredKind;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.springframework.stereotype.Component;

/**
 * What is in the database as metrics, read when they are. No tenant is named: metrics go to systems
 * that others can see. The same in every process: take the maximum over them, not the sum.
 */
@Component
final class QueueMetrics implements MeterBinder {
  private static final List<String> POOLS = List.of("stage-cpu", "stage-gpu");

  private final QueueView queue;

  QueueMetrics(QueueView queue) {
    this.queue = queue;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (String pool : POOLS) {
      gauge(registry, "greenformers.queue.waiting", pool, Pool::waiting);
      gauge(registry, "greenformers.queue.running", pool, Pool::running);
      gauge(registry, "greenformers.queue.oldest.seconds", pool, Pool::oldestSeconds);
    }
    for (StoredKind kind : StoredKind.values()) {
      Gauge.builder("greenformers.stored", queue, q -> q.storedBytes(kind))
          .tag("kind", kind.name().toLowerCase(Locale.ROOT))
          .baseUnit("bytes")
          .register(registry);
    }
  }

  private void gauge(
      MeterRegistry registry, String name, String pool, ToDoubleFunction<Pool> value) {
    Gauge.builder(name, queue, q -> of(q, pool, value)).tag("pool", pool).register(registry);
  }

  private static double of(QueueView queue, String pool, ToDoubleFunction<Pool> value) {
    return queue.pools().stream()
        .filter(p -> p.name().equals(pool))
        .mapToDouble(value)
        .findFirst()
        .orElse(0);
  }
}
