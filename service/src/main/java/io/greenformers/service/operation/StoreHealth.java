package io.greenformers.service.operation;

import io.greenformers.service.artifact.ArtifactStore;
import io.greenformers.service.artifact.UploadException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Whether the artifact store takes what is given to it, and has it then. A store that is full has
 * its answer for uploads (507) and goes on to serve what it has: it counts as healthy.
 */
@Component("store")
final class StoreHealth implements HealthIndicator {
  private static final byte[] PROBE =
      "Greenformers looks whether this store works.\n".getBytes(StandardCharsets.US_ASCII);

  private final ArtifactStore store;

  StoreHealth(ArtifactStore store) {
    this.store = store;
  }

  @Override
  public Health health() {
    try {
      store.file(store.put(new ByteArrayInputStream(PROBE), PROBE.length, Optional.empty()));
      return Health.up().build();
    } catch (UploadException e) {
      return Health.up().withDetail("refuses", e.code()).build();
    } catch (RuntimeException e) {
      return Health.down().withDetail("error", e.getClass().getSimpleName()).build();
    }
  }
}
