package io.greenformers.service.compression;

import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.boot.config.DbSchedulerCustomizer;
import io.greenformers.service.settings.DataDirectory;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Names this worker by its data directory, and frees at start what it held when it was killed.
 *
 * <p>The directory is locked by its process, so whoever had this name before is dead, and its
 * stages need not wait for the end of their leases. Others find them by missing heartbeats.
 */
@Component
final class OwnedExecutions implements DbSchedulerCustomizer {
  private static final Logger LOG = LoggerFactory.getLogger(OwnedExecutions.class);

  private final String name;

  OwnedExecutions(DataDirectory directory, JdbcClient jdbc, Clock clock) {
    this.name = "worker-" + directory.id();
    int freed =
        jdbc.sql(
                """
                update scheduled_tasks set picked = false, picked_by = null,
                  last_heartbeat = null, execution_time = ?, version = version + 1
                where picked = true and picked_by = ?\
                """)
            .params(clock.instant().atOffset(ZoneOffset.UTC), name)
            .update();
    if (freed > 0) {
      LOG.info("{} stages that an earlier process held go on", freed);
    }
  }

  @Override
  public Optional<SchedulerName> schedulerName() {
    return Optional.of(new SchedulerName.Fixed(name));
  }
}
