package io.greenformers.service.artifact;

import io.greenformers.service.artifact.Inventory.StoredObject;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Objects in a bucket, by the SHA-256 of their bytes.
 *
 * <p>An object appears whole or not at all. It is created only where there is none yet; that there
 * is one already, since somebody was faster, or since an answer was lost and the request was sent
 * again, is as good as success: names are contents. Thread-safe.
 */
final class S3Objects implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(S3Objects.class);
  private static final int MOST_ATTEMPTS = 8;
  private static final Duration MOST_PER_ATTEMPT = Duration.ofMinutes(2);
  private static final int PRECONDITION_FAILED = 412;
  private static final int CONFLICT = 409;

  private final S3Client client;
  private final StoreSettings.S3 settings;

  private S3Objects(S3Client client, StoreSettings.S3 settings) {
    this.client = client;
    this.settings = settings;
  }

  /** Objects in a bucket; nothing is asked of it yet. */
  static S3Objects of(StoreSettings.S3 settings, AwsCredentialsProvider credentials) {
    var builder =
        S3Client.builder()
            .region(Region.of(settings.region()))
            .credentialsProvider(credentials)
            .httpClientBuilder(
                UrlConnectionHttpClient.builder().socketTimeout(Duration.ofSeconds(30)))
            .overrideConfiguration(o ->
                o.retryStrategy(StandardRetryStrategy.builder().maxAttempts(MOST_ATTEMPTS).build())
                    .apiCallAttemptTimeout(MOST_PER_ATTEMPT));
    Optional.ofNullable(settings.endpoint())
        .ifPresent(endpoint -> builder.endpointOverride(endpoint).forcePathStyle(true));
    return new S3Objects(builder.build(), settings);
  }

  /** Whether an object is there with so many bytes. */
  boolean has(StoredArtifact artifact) {
    return find(artifact.sha256()).filter(bytes -> bytes == artifact.bytes()).isPresent();
  }

  private Optional<Long> find(String sha256) {
    try {
      return Optional.of(
          client.headObject(r -> r.bucket(settings.bucket()).key(key(sha256))).contentLength());
    } catch (S3Exception e) {
      if (e.statusCode() == 404) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Stores a file, unless its object is there. */
  void put(Path file, StoredArtifact artifact) {
    try {
      if (artifact.bytes() <= settings.part().toBytes()) {
        putWhole(file, artifact);
      } else {
        putInParts(file, artifact);
      }
    } catch (S3Exception e) {
      if (e.statusCode() != PRECONDITION_FAILED && !(e.statusCode() == CONFLICT && has(artifact))) {
        throw e;
      }
    }
  }

  private void putWhole(Path file, StoredArtifact artifact) {
    client.putObject(
        r ->
            r.bucket(settings.bucket())
                .key(key(artifact.sha256()))
                .ifNoneMatch("*")
                .serverSideEncryption(settings.encryption())
                .ssekmsKeyId(settings.kmsKey()),
        RequestBody.fromFile(file));
  }

  private void putInParts(Path file, StoredArtifact artifact) {
    String key = key(artifact.sha256());
    String upload =
        client
            .createMultipartUpload(r ->
                r.bucket(settings.bucket())
                    .key(key)
                    .serverSideEncryption(settings.encryption())
                    .ssekmsKeyId(settings.kmsKey()))
            .uploadId();
    try {
      List<CompletedPart> parts = new ArrayList<>();
      for (long at = 0; at < artifact.bytes(); at += settings.part().toBytes()) {
        parts.add(part(file, key, upload, parts.size() + 1, at, artifact.bytes()));
      }
      client.completeMultipartUpload(r ->
          r.bucket(settings.bucket())
              .key(key)
              .uploadId(upload)
              .ifNoneMatch("*")
              .multipartUpload(m -> m.parts(parts)));
    } catch (NoSuchUploadException e) {
      // completed by a request whose answer was lost, and sent again
      if (!has(artifact)) {
        throw e;
      }
    } catch (SdkException e) {
      abort(key, upload);
      throw e;
    }
  }

  private CompletedPart part(
      Path file, String key, String upload, int number, long at, long bytes) {
    long length = Math.min(settings.part().toBytes(), bytes - at);
    String etag =
        client
            .uploadPart(
                r ->
                    r.bucket(settings.bucket())
                        .key(key)
                        .uploadId(upload)
                        .partNumber(number)
                        .contentLength(length),
                RequestBody.fromContentProvider(
                    () -> slice(file, at, length), length, "application/octet-stream"))
            .eTag();
    return CompletedPart.builder().partNumber(number).eTag(etag).build();
  }

  /** Read anew for every try. */
  private static InputStream slice(Path file, long at, long length) {
    try {
      FileChannel channel = FileChannel.open(file).position(at);
      return new Slice(Channels.newInputStream(channel), length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Slice extends FilterInputStream {
    private long left;

    Slice(InputStream in, long length) {
      super(in);
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int n = super.read(bytes, offset, (int) Math.min(length, left));
      left -= Math.max(0, n);
      return n;
    }
  }

  /** What cannot be aborted now is found by the reconciler. */
  private void abort(String key, String upload) {
    try {
      client.abortMultipartUpload(r -> r.bucket(settings.bucket()).key(key).uploadId(upload));
    } catch (SdkException e) {
      LOG.warn("upload {} of {} was not aborted: {}", upload, key, e.getMessage());
    }
  }

  /**
   * Fetches an object into a file, which must not exist.
   *
   * @throws ArtifactException if there is none
   */
  void get(String sha256, Path target) {
    try {
      client.getObject(r -> r.bucket(settings.bucket()).key(key(sha256)), target);
    } catch (S3Exception e) {
      if (e.statusCode() == 404) {
        throw ArtifactException.missing(sha256);
      }
      throw e;
    }
  }

  void remove(String sha256) {
    client.deleteObject(r -> r.bucket(settings.bucket()).key(key(sha256)));
  }

  void forEach(Consumer<StoredObject> action) {
    client
        .listObjectsV2Paginator(r -> r.bucket(settings.bucket()).prefix(settings.prefix()))
        .contents()
        .forEach(o ->
            action.accept(
                new StoredObject(o.key().substring(settings.prefix().length()), o.lastModified())));
  }

  /** Aborts uploads that were begun before a time; how many there were. */
  int removeUnfinished(Instant before) {
    int removed = 0;
    for (var upload :
        client
            .listMultipartUploadsPaginator(
                r -> r.bucket(settings.bucket()).prefix(settings.prefix()))
            .uploads()) {
      if (upload.initiated().isBefore(before)) {
        abort(upload.key(), upload.uploadId());
        removed++;
      }
    }
    return removed;
  }

  private String key(String sha256) {
    return settings.prefix() + sha256;
  }

  @Override
  public void close() {
    client.close();
  }
}
