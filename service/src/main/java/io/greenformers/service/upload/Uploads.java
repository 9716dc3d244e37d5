package io.greenformers.service.upload;

import io.greenformers.service.Tenant;
import io.greenformers.service.artifact.ArtifactStore;
import io.greenformers.service.artifact.DiskFull;
import io.greenformers.service.artifact.StoredArtifact;
import io.greenformers.service.artifact.UploadException;
import io.greenformers.service.artifact.UploadException.Fault;
import io.greenformers.service.limit.TenantQuota;
import io.greenformers.service.settings.DataDirectory;
import io.greenformers.service.settings.ServiceSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** Resumable uploads: each grows in a file, and becomes an artifact when all of it has come. */
@Component
public class Uploads {
  private final UploadRepository repository;
  private final ArtifactStore store;
  private final TransactionOperations transactions;
  private final TenantQuota quota;
  private final Path directory;
  private final UploadSettings settings;
  private final ServiceSettings.Limits limits;
  private final Clock clock;

  Uploads(
      UploadRepository repository,
      ArtifactStore store,
      TransactionOperations transactions,
      TenantQuota quota,
      DataDirectory data,
      UploadSettings settings,
      ServiceSettings service,
      Clock clock)
      throws IOException {
    this.repository = repository;
    this.store = store;
    this.transactions = transactions;
    this.quota = quota;
    this.directory =
        Files.createDirectories(settings.directoryIfAny().orElse(data.unfinishedUploads()));
    this.settings = settings;
    this.limits = service.limits();
    this.clock = clock;
  }

  /** An upload and how much of it has come. */
  record Progress(Upload upload, long offset) {}

  /**
   * The artifact that an upload of a tenant became.
   *
   * @throws TusException if there is no such upload, or not all of it has come
   */
  public StoredArtifact artifact(Tenant tenant, String id) {
    Progress progress = progress(tenant, id);
    return progress
        .upload()
        .stored()
        .orElseThrow(
            () -> TusException.incomplete(id, progress.offset(), progress.upload().bytes()));
  }

  /**
   * Begins an upload; all of its bytes count as stored from now on. Where its metadata say what the
   * bytes will be, and the tenant has begun the same before, that one goes on (decision 41).
   *
   * @throws UploadException if no upload may be so large, or the disk has no room for it
   * @throws io.greenformers.service.limit.LimitException if the tenant has no room for it
   */
  Upload create(Tenant tenant, long bytes, Optional<String> metadata) {
    if (bytes < 1) {
      throw new UploadException(Fault.EMPTY, "expected the bytes of a file, found none");
    }
    if (bytes > limits.upload().toBytes()) {
      throw new UploadException(
          Fault.TOO_LARGE,
          "expected at most %d bytes, found %d; see greenformers.limits.upload"
              .formatted(limits.upload().toBytes(), bytes));
    }
    Upload upload =
        new Upload(
            tenant, UUID.randomUUID().toString(), bytes, metadata, Optional.empty(), expiry());
    Optional<Upload> before =
        upload.promised().flatMap(sha256 -> repository.findSame(upload, sha256, now()));
    if (before.isPresent()) {
      repository.expire(before.get(), expiry());
      return find(tenant, before.get().id());
    }
    begin(upload);
    return upload;
  }

  private void begin(Upload upload) {
    try {
      if (Files.getFileStore(directory).getUsableSpace() - upload.bytes()
          < limits.freeDisk().toBytes()) {
        throw DiskFull.refusal();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    transactions.executeWithoutResult(status -> {
      repository.add(upload);
      quota.checkStored(upload.tenant());
    });
  }

  /** How much has come, and is there whatever happens. */
  Progress progress(Tenant tenant, String id) {
    Upload upload = find(tenant, id);
    if (upload.stored().isPresent()) {
      return finished(upload);
    }
    try (UploadFile file = UploadFile.open(file(upload))) {
      return new Progress(upload, file.offset());
    }
  }

  /**
   * Adds bytes.
   *
   * @param offset where they belong
   * @param sha256 of them, raw, where the sender says it
   */
  Progress append(
      Tenant tenant, String id, long offset, InputStream bytes, Optional<byte[]> sha256) {
    Upload upload = find(tenant, id);
    if (upload.stored().isPresent()) {
      throw TusException.wrongOffset(upload.bytes(), offset);
    }
    repository.expire(upload, expiry());
    try (UploadFile file = UploadFile.open(file(upload))) {
      long there = file.offset();
      if (there != offset) {
        throw TusException.wrongOffset(there, offset);
      }
      long after = file.append(bytes, upload.bytes() - offset, sha256);
      if (after < upload.bytes()) {
        return new Progress(find(tenant, id), after);
      }
      // the row first: when the file has gone to the store, the row says which object it is
      repository.complete(upload, store.sha256(file(upload)));
    }
    return finished(find(tenant, id));
  }

  /** What was killed between the row and the store is done again. */
  private Progress finished(Upload upload) {
    Path file = file(upload);
    if (Files.exists(file)) {
      store.take(file);
    }
    return new Progress(upload, upload.bytes());
  }

  /** Ends an upload, and forgets what has come. */
  void delete(Tenant tenant, String id) {
    forget(find(tenant, id));
  }

  /** Forgets what has rested for too long, whosever it is; how many there were. */
  public int deleteExpired() {
    var expired = repository.expiredOfAnyTenant(now());
    expired.forEach(this::forget);
    return expired.size();
  }

  /** The row goes last: a file without one would stay for ever. */
  private void forget(Upload upload) {
    try {
      Files.deleteIfExists(file(upload));
      Files.deleteIfExists(directory.resolve(upload.id() + ".from"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    repository.delete(upload);
  }

  private Upload find(Tenant tenant, String id) {
    return repository.find(tenant, id, now()).orElseThrow(TusException::notFound);
  }

  private Path file(Upload upload) {
    return directory.resolve(upload.id());
  }

  private Instant expiry() {
    return now().plus(settings.expireAfter());
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
