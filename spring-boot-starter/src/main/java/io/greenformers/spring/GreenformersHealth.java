package io.greenformers.spring;

import io.greenformers.client.GreenformersClient;
import io.greenformers.client.GreenformersException;
import io.greenformers.client.RetryPolicy;
import io.greenformers.client.ServiceException;
import java.time.Duration;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Whether the service answers, and takes the key: asked once and briefly, since whoever asks for
 * health does not wait for retries.
 */
final class GreenformersHealth implements HealthIndicator, DisposableBean {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final GreenformersClient client;

  GreenformersHealth(GreenformersClient application) {
    this.client =
        application.toBuilder()
            .timeout(PATIENCE)
            .connectTimeout(PATIENCE)
            .retries(RetryPolicy.NEVER)
            .build();
  }

  @Override
  public Health health() {
    long start = System.nanoTime();
    try {
      client.compressions(1);
      long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
      return up().withDetail("answeredInMs", millis).build();
    } catch (ServiceException e) {
      return down().withDetail("status", e.status()).withDetail("code", e.code()).build();
    } catch (GreenformersException e) {
      return down().withDetail("error", e.getClass().getSimpleName()).build();
    }
  }

  private Health.Builder up() {
    return Health.up().withDetail("url", client.baseUrl().toString());
  }

  private Health.Builder down() {
    return Health.down().withDetail("url", client.baseUrl().toString());
  }

  @Override
  public void destroy() {
    client.close();
  }
}
