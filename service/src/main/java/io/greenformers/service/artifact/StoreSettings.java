package io.greenformers.service.artifact;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Where artifacts are kept, as {@code greenformers.store.*}: in files, or in S3 where a bucket is
 * named.
 *
 * @param directory of the files; by default below the data directory. Processes that share the work
 *     share it, over a network file system with atomic renames. With S3, of the local copies
 * @param grace how long an object that nothing names is left alone; longer than any upload takes
 * @param s3 the bucket, if artifacts are kept in one
 */
@ConfigurationProperties("greenformers.store")
public record StoreSettings(
    @Nullable Path directory, @DefaultValue("24h") Duration grace, @Nullable S3 s3) {
  public StoreSettings {
    if (!grace.isPositive()) {
      throw new IllegalArgumentException(
          "greenformers.store.grace: expected a positive duration, found " + grace);
    }
  }

  /**
   * A bucket. Credentials come from where the AWS SDK looks for them: environment, profile, role.
   *
   * @param bucket its name
   * @param prefix of all keys, with its slash
   * @param endpoint of a server that is not AWS's; keys are then part of the path
   * @param region of the bucket
   * @param encryption {@code AES256} or {@code aws:kms}; by default what the bucket does
   * @param kmsKey for {@code aws:kms}
   * @param part the size of the parts of a multipart upload
   * @param localCopies how many bytes of objects are kept beside the service
   */
  public record S3(
      String bucket,
      @DefaultValue("") String prefix,
      @Nullable URI endpoint,
      @DefaultValue("us-east-1") String region,
      @Nullable String encryption,
      @Nullable String kmsKey,
      @DefaultValue("16MB") DataSize part,
      @DefaultValue("20GB") DataSize localCopies) {
    /** S3 accepts no smaller parts but the last. */
    private static final DataSize SMALLEST_PART = DataSize.ofMegabytes(5);

    public S3 {
      if (bucket.isBlank() || part.compareTo(SMALLEST_PART) < 0) {
        throw new IllegalArgumentException(
            "greenformers.store.s3: expected a bucket and parts of at least 5MB, found '%s' and %s"
                .formatted(bucket, part));
      }
    }
  }

  /** The configured directory, where there is one. */
  Optional<Path> directoryIfAny() {
    return Optional.ofNullable(directory);
  }

  /** The bucket, where there is one. */
  Optional<S3> bucketIfAny() {
    return Optional.ofNullable(s3);
  }
}
