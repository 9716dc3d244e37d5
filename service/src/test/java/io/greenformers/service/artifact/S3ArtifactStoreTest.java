package io.greenformers.service.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.testing.RunningS3;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Against a real server, whose answers are spoilt in one test. */
final class S3ArtifactStoreTest extends ArtifactStoreContract {
  private static final double FAULTS = 0.1;
  private static final long SEED = 3;
  private static final int SMALLEST_PART = 5 << 20;

  private static final AwsCredentialsProvider CREDENTIALS =
      StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any"));

  @TempDir static Path servers;

  private static @Nullable RunningS3 server;

  /** A prefix of its own for every test. */
  private final String prefix = UUID.randomUUID() + "/";

  private final AtomicInteger stores = new AtomicInteger();

  @BeforeAll
  static void start() throws Exception {
    server = RunningS3.start(servers.resolve("s3"));
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Override
  ArtifactStore store() throws IOException {
    return store(endpoint(), MOST_BYTES);
  }

  private static URI endpoint() {
    if (server == null) {
      throw new IllegalStateException("the S3 server does not run");
    }
    return server.endpoint();
  }

  private S3ArtifactStore store(URI endpoint, long mostBytes) throws IOException {
    Path work = directory.resolve("store-" + stores.incrementAndGet());
    return new S3ArtifactStore(
        S3Objects.of(settings(endpoint), CREDENTIALS),
        new Spool(Files.createDirectories(work.resolve("spool")), mostBytes, 0),
        new LocalCopies(
            Files.createDirectories(work.resolve("copies")), Long.MAX_VALUE, Clock.systemUTC()),
        ledger());
  }

  private StoreSettings.S3 settings(URI endpoint) {
    return new StoreSettings.S3(
        RunningS3.BUCKET,
        prefix,
        endpoint,
        "us-east-1",
        "AES256",
        null,
        DataSize.ofBytes(SMALLEST_PART),
        DataSize.ofGigabytes(1));
  }

  @Override
  void spoil(StoredArtifact stored, String bytes) {
    try (S3Client client =
        S3Client.builder()
            .region(Region.US_EAST_1)
            .credentialsProvider(CREDENTIALS)
            .endpointOverride(endpoint())
            .forcePathStyle(true)
            .build()) {
      client.putObject(
          r -> r.bucket(RunningS3.BUCKET).key(prefix + stored.sha256()),
          RequestBody.fromString(bytes));
    }
  }

  @Override
  long files() throws IOException {
    AtomicInteger objects = new AtomicInteger();
    try (S3Objects bucket = S3Objects.of(settings(endpoint()), CREDENTIALS)) {
      bucket.forEach(o -> objects.incrementAndGet());
    }
    return objects.get();
  }

  @Test
  void storesALargeObjectInPartsAndFetchesItWhole() throws Exception {
    byte[] bytes = new byte[2 * SMALLEST_PART + 12_345];
    new Random(SEED).nextBytes(bytes);
    StoredArtifact stored =
        store(endpoint(), bytes.length)
            .put(new ByteArrayInputStream(bytes), bytes.length, Optional.empty());
    assertThat(store(endpoint(), bytes.length).file(stored)).hasBinaryContent(bytes);
  }

  @Test
  void endsWellWhenATenthOfTheAnswersIsSpoilt() throws Exception {
    try (FaultyS3 faulty = new FaultyS3(endpoint(), FAULTS, SEED)) {
      Random random = new Random(SEED);
      for (int i = 0; i < 40; i++) {
        byte[] bytes = new byte[i % 8 == 0 ? SMALLEST_PART + 1000 + i : 1000 + i];
        random.nextBytes(bytes);
        StoredArtifact stored =
            store(faulty.endpoint(), bytes.length)
                .put(new ByteArrayInputStream(bytes), bytes.length, Optional.empty());
        assertThat(store(faulty.endpoint(), bytes.length).file(stored))
            .as("seed %d, object %d", SEED, i)
            .hasBinaryContent(bytes);
      }
      assertThat(faulty.faults()).isPositive();
      assertThat(files()).isEqualTo(40);
      System.out.printf("S3: %d answers spoilt, 40 objects whole%n", faulty.faults());
    }
  }

  @Test
  void abortsUploadsThatWereLeftUnfinished() throws Exception {
    try (S3Client client =
            S3Client.builder()
                .region(Region.US_EAST_1)
                .credentialsProvider(CREDENTIALS)
                .endpointOverride(endpoint())
                .forcePathStyle(true)
                .build();
        S3Objects bucket = S3Objects.of(settings(endpoint()), CREDENTIALS)) {
      var left = client.createMultipartUpload(r -> r.bucket(RunningS3.BUCKET).key(prefix + "left"));
      assertThat(left.uploadId()).isNotEmpty();
      assertThat(bucket.removeUnfinished(Instant.now().minusSeconds(60))).isZero();
      assertThat(bucket.removeUnfinished(Instant.now().plusSeconds(60))).isOne();
    }
  }

  @Test
  void removesAnObject() throws Exception {
    S3ArtifactStore store = store(endpoint(), MOST_BYTES);
    StoredArtifact stored = store.put(new ByteArrayInputStream(new byte[9]), 9, Optional.empty());
    assertThat(store.has(stored)).isTrue();
    store.remove(stored.sha256());
    assertThat(store.has(stored)).isFalse();
  }
}
