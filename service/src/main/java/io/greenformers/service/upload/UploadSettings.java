package io.greenformers.service.upload;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Resumable uploads, as {@code greenformers.uploads.*}.
 *
 * @param directory of what has come so far; by default below the data directory. Several APIs share
 *     it, or each client stays with one of them
 * @param expireAfter how long an upload may rest
 */
@ConfigurationProperties("greenformers.uploads")
record UploadSettings(@Nullable Path directory, @DefaultValue("24h") Duration expireAfter) {
  UploadSettings {
    if (!expireAfter.isPositive()) {
      throw new IllegalArgumentException(
          "greenformers.uploads.expire-after: expected a positive duration, found " + expireAfter);
    }
  }

  Optional<Path> directoryIfAny() {
    return Optional.ofNullable(directory);
  }
}
