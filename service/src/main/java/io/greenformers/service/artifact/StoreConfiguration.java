package io.greenformers.service.artifact;

import io.greenformers.service.settings.DataDirectory;
import io.greenformers.service.settings.ServiceSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/** The one store of this service: S3 where a bucket is named, else files. */
@Configuration(proxyBeanMethods = false)
class StoreConfiguration {
  private static final String BUCKET = "greenformers.store.s3.bucket";

  @Bean
  @ConditionalOnProperty(name = BUCKET, matchIfMissing = true, havingValue = "none")
  static FileArtifactStore files(
      DataDirectory directory, StoreSettings store, ServiceSettings settings, ObjectLedger ledger)
      throws IOException {
    return new FileArtifactStore(
        store.directoryIfAny().orElse(directory.artifacts()), settings.limits(), ledger);
  }

  /** Uploads are spooled beside the copies, since one becomes the other by a rename. */
  @Bean
  @ConditionalOnProperty(BUCKET)
  static S3ArtifactStore bucket(
      DataDirectory directory,
      StoreSettings store,
      ServiceSettings settings,
      ObjectLedger ledger,
      Clock clock)
      throws IOException {
    StoreSettings.S3 s3 = store.bucketIfAny().orElseThrow();
    Path copies = Files.createDirectories(directory.work().resolve("copies"));
    return new S3ArtifactStore(
        S3Objects.of(s3, DefaultCredentialsProvider.builder().build()),
        Spool.in(directory.work().resolve("spool"), settings.limits()),
        new LocalCopies(copies, s3.localCopies().toBytes(), clock),
        ledger);
  }
}
