package io.greenformers.service.artifact;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where artifacts are kept, as {@code greenformers.store.*}.
 *
 * @param directory of the files; by default below the data directory. Processes that share the work
 *     share it, over a network file system with atomic renames
 * @param grace how long an object that nothing names is left alone; longer than any upload takes
 */
@ConfigurationProperties("greenformers.store")
public record StoreSettings(@Nullable Path directory, @DefaultValue("24h") Duration grace) {
  public StoreSettings {
    if (!grace.isPositive()) {
      throw new IllegalArgumentException(
          "greenformers.store.grace: expected a positive duration, found " + grace);
    }
  }

  /** The configured directory, where there is one. */
  Optional<Path> directoryIfAny() {
    return Optional.ofNullable(directory);
  }
}
