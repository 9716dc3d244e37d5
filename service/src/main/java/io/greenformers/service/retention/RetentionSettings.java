package io.greenformers.service.retention;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long things are kept, as {@code greenformers.retention.*}; what is not set is kept for ever.
 *
 * @param compressions how long after their end
 * @param uploads how long after they were last sent or named, where no compression names them
 * @param every how often what is old is looked for
 */
@ConfigurationProperties("greenformers.retention")
public record RetentionSettings(
    @Nullable Duration compressions,
    @Nullable Duration uploads,
    @DefaultValue("1h") Duration every) {
  public RetentionSettings {
    if (Stream.of(Optional.ofNullable(compressions), Optional.ofNullable(uploads))
            .flatMap(Optional::stream)
            .anyMatch(d -> !d.isPositive())
        || !every.isPositive()) {
      throw new IllegalArgumentException(
          "greenformers.retention: expected positive durations, found %s, %s and %s"
              .formatted(compressions, uploads, every));
    }
  }

  Optional<Duration> ofCompressions() {
    return Optional.ofNullable(compressions);
  }

  Optional<Duration> ofUploads() {
    return Optional.ofNullable(uploads);
  }
}
