package io.greenformers.service.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Artifacts in a bucket, with verified copies of those that were used lately beside the service:
 * stages read files.
 *
 * <p>An upload is spooled to disk first, since its name is known at its end, and since parts that
 * fail are sent again.
 */
final class S3ArtifactStore implements ArtifactStore, Inventory, AutoCloseable {
  private final S3Objects objects;
  private final Spool spool;
  private final LocalCopies copies;
  private final ObjectLedger ledger;

  S3ArtifactStore(S3Objects objects, Spool spool, LocalCopies copies, ObjectLedger ledger) {
    this.objects = objects;
    this.spool = spool;
    this.copies = copies;
    this.ledger = ledger;
  }

  @Override
  public StoredArtifact put(
      InputStream bytes, long announcedBytes, Optional<ContentDigest> expected) {
    try (Spool.Spooled spooled = spool.write(bytes, announcedBytes, expected)) {
      publish(spooled.file(), spooled.artifact());
      return spooled.artifact();
    }
  }

  @Override
  public StoredArtifact take(Path file) {
    try {
      StoredArtifact artifact = new StoredArtifact(FileThreads.sha256(file), Files.size(file));
      publish(file, artifact);
      Files.deleteIfExists(file);
      return artifact;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void publish(Path file, StoredArtifact artifact) {
    ledger.expect(artifact);
    try {
      objects.put(file, artifact);
    } catch (SdkException e) {
      throw ArtifactException.unreachable(artifact.sha256(), e);
    }
    copies.keep(file, artifact.sha256());
  }

  @Override
  public Path file(StoredArtifact artifact) {
    return copies.find(artifact.sha256()).orElseGet(() -> fetch(artifact));
  }

  private Path fetch(StoredArtifact artifact) {
    Path temporary = spool.directory().resolve("fetched-" + UUID.randomUUID());
    try {
      objects.get(artifact.sha256(), temporary);
      String found = FileThreads.sha256(temporary);
      if (!found.equals(artifact.sha256())) {
        throw ArtifactException.corrupt(artifact.sha256(), found);
      }
      return copies.keep(temporary, artifact.sha256());
    } catch (SdkException e) {
      throw DiskFull.isCauseOf(e)
          ? DiskFull.refusal()
          : ArtifactException.unreachable(artifact.sha256(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(temporary);
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void forEach(Consumer<StoredObject> action) {
    objects.forEach(action);
  }

  @Override
  public boolean has(StoredArtifact artifact) {
    return objects.has(artifact);
  }

  @Override
  public void remove(String sha256) {
    objects.remove(sha256);
    copies.remove(sha256);
  }

  @Override
  public int removeUnfinished(Instant before) {
    return objects.removeUnfinished(before);
  }

  @Override
  public void close() {
    objects.close();
  }
}
