package io.greenformers.service.upload;

import io.greenformers.service.artifact.ArtifactStore;
import io.greenformers.service.artifact.DiskFull;
import io.greenformers.service.artifact.StoredArtifact;
import io.greenformers.service.artifact.UploadException;
import io.greenformers.service.artifact.UploadException.Fault;
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

/** Resumable uploads: each grows in a file, and becomes an artifact when all of it has come. */
@Component
public class Uploads {
  private final UploadRepository repository;
  private final ArtifactStore store;
  private final Path directory;
  private final UploadSettings settings;
  private final ServiceSettings.Limits limits;
  private final Clock clock;

  Uploads(
      UploadRepository repository,
      ArtifactStore store,
      DataDirectory data,
      UploadSettings settings,
      ServiceSettings service,
      Clock clock)
      throws IOException {
    this.repository = repository;
    this.store = store;
    this.directory =
        Files.createDirectories(settings.directoryIfAny().orElse(data.unfinishedUploads()));
    this.settings = settings;
    this.limits = service.limits();
    this.clock = clock;
  }

  /** An upload and how much of it has come. */
  record Progress(Upload upload, long offset) {}

  /**
   * The artifact that an upload became.
   *
   * @throws TusException if there is no such upload, or not all of it has come
   */
  public StoredArtifact artifact(String id) {
    Progress progress = progress(id);
    return progress
        .upload()
        .stored()
        .orElseThrow(
            () -> TusException.incomplete(id, progress.offset(), progress.upload().bytes()));
  }

  /** Begins an upload. */
  Upload create(long bytes, Optional<String> metadata) {
    if (bytes < 1) {
      throw new UploadException(Fault.EMPTY, "expected the bytes of a file, found none");
    }
    if (bytes > limits.upload().toBytes()) {
      throw new UploadException(
          Fault.TOO_LARGE,
          "expected at most %d bytes, found %d; see greenformers.limits.upload"
              .formatted(limits.upload().toBytes(), bytes));
    }
    try {
      if (Files.getFileStore(directory).getUsableSpace() - bytes < limits.freeDisk().toBytes()) {
        throw DiskFull.refusal();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Upload upload =
        new Upload(UUID.randomUUID().toString(), bytes, metadata, Optional.empty(), expiry());
    repository.add(upload);
    return upload;
  }

  /** How much has come, and is there whatever happens. */
  Progress progress(String id) {
    Upload upload = find(id);
    if (upload.stored().isPresent()) {
      return finished(upload);
    }
    try (UploadFile file = UploadFile.open(file(id))) {
      return new Progress(upload, file.offset());
    }
  }

  /**
   * Adds bytes.
   *
   * @param offset where they belong
   * @param sha256 of them, raw, where the sender says it
   */
  Progress append(String id, long offset, InputStream bytes, Optional<byte[]> sha256) {
    Upload upload = find(id);
    if (upload.stored().isPresent()) {
      throw TusException.wrongOffset(upload.bytes(), offset);
    }
    repository.expire(id, expiry());
    try (UploadFile file = UploadFile.open(file(id))) {
      long there = file.offset();
      if (there != offset) {
        throw TusException.wrongOffset(there, offset);
      }
      long after = file.append(bytes, upload.bytes() - offset, sha256);
      if (after < upload.bytes()) {
        return new Progress(find(id), after);
      }
      // the row first: when the file has gone to the store, the row says which object it is
      repository.complete(id, store.sha256(file(id)));
    }
    return finished(find(id));
  }

  /** What was killed between the row and the store is done again. */
  private Progress finished(Upload upload) {
    Path file = file(upload.id());
    if (Files.exists(file)) {
      store.take(file);
    }
    return new Progress(upload, upload.bytes());
  }

  /** Ends an upload, and forgets what has come. */
  void delete(String id) {
    Upload upload = find(id);
    forget(upload.id());
  }

  /** Forgets what has rested for too long; how many there were. */
  public int deleteExpired() {
    var expired = repository.expired(now());
    expired.forEach(this::forget);
    return expired.size();
  }

  /** The row goes last: a file without one would stay for ever. */
  private void forget(String id) {
    try {
      Files.deleteIfExists(file(id));
      Files.deleteIfExists(directory.resolve(id + ".from"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    repository.delete(id);
  }

  private Upload find(String id) {
    return repository.find(id, now()).orElseThrow(TusException::notFound);
  }

  private Path file(String id) {
    return directory.resolve(id);
  }

  private Instant expiry() {
    return now().plus(settings.expireAfter());
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
