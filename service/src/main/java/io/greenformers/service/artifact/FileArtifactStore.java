package io.greenformers.service.artifact;

import io.greenformers.service.settings.ServiceSettings;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Artifacts as files, {@code ab/cdef…} by their SHA-256.
 *
 * <p>An artifact is written to a temporary file on the same file system, forced to disk, and then
 * renamed into its place; then the directory is forced too. So a name that exists has all its
 * bytes, whatever is killed when.
 */
final class FileArtifactStore implements ArtifactStore, Inventory {
  private static final String INCOMING = "incoming";

  private final Path root;
  private final Spool spool;
  private final ObjectLedger ledger;

  /** What was verified, as it was then: a file that changed since is verified again. */
  private final Map<String, FileTime> verified = new ConcurrentHashMap<>();

  FileArtifactStore(Path root, ServiceSettings.Limits limits, ObjectLedger ledger)
      throws IOException {
    this.root = root;
    this.spool = Spool.in(root.resolve(INCOMING), limits);
    this.ledger = ledger;
  }

  @Override
  public StoredArtifact put(
      InputStream bytes, long announcedBytes, Optional<ContentDigest> expected) {
    try (Spool.Spooled spooled = spool.write(bytes, announcedBytes, expected)) {
      publish(spooled.file(), spooled.artifact());
      return spooled.artifact();
    } catch (IOException e) {
      throw DiskFull.isCauseOf(e) ? DiskFull.refusal() : new UncheckedIOException(e);
    }
  }

  @Override
  public StoredArtifact take(Path file) {
    try {
      StoredArtifact artifact = new StoredArtifact(FileThreads.sha256(file), Files.size(file));
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      publish(file, artifact);
      return artifact;
    } catch (AtomicMoveNotSupportedException e) {
      return copy(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The store is on another file system than what is to be taken. */
  private StoredArtifact copy(Path file) {
    try (InputStream bytes = Files.newInputStream(file)) {
      StoredArtifact artifact = put(bytes, Files.size(file), Optional.empty());
      Files.delete(file);
      return artifact;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Path file(StoredArtifact artifact) {
    Path file = place(artifact.sha256());
    try {
      if (!Files.isRegularFile(file)) {
        throw ArtifactException.missing(artifact.sha256());
      }
      FileTime changed = Files.getLastModifiedTime(file);
      boolean known = changed.equals(verified.get(artifact.sha256()));
      if (!known || Files.size(file) != artifact.bytes()) {
        verify(file, artifact.sha256());
        verified.put(artifact.sha256(), changed);
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isIntact(StoredArtifact artifact) {
    try {
      file(artifact);
      return true;
    } catch (ArtifactException e) {
      return false;
    }
  }

  private static void verify(Path file, String sha256) throws IOException {
    String found = FileThreads.sha256(file);
    if (!found.equals(sha256)) {
      throw ArtifactException.corrupt(sha256, found);
    }
  }

  /**
   * What is there already stays: a confined child may read this very file, and no other of its
   * name.
   */
  private void publish(Path file, StoredArtifact artifact) throws IOException {
    ledger.expect(artifact);
    if (isIntact(artifact)) {
      Files.delete(file);
      return;
    }
    Path place = place(artifact.sha256());
    Path directory = place.resolveSibling("");
    if (Files.notExists(directory)) {
      Files.createDirectories(directory);
      force(root);
    }
    Files.move(file, place, StandardCopyOption.ATOMIC_MOVE);
    force(directory);
    verified.put(artifact.sha256(), Files.getLastModifiedTime(place));
  }

  @Override
  public void forEach(Consumer<StoredObject> action) {
    try (Stream<Path> files = Files.find(root, 2, (file, found) -> found.isRegularFile())) {
      files
          .filter(file -> !file.startsWith(spool.directory()))
          .forEach(file -> action.accept(new StoredObject(name(file), modified(file))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String name(Path place) {
    return root.relativize(place).toString().replace(File.separator, "");
  }

  @Override
  public boolean has(StoredArtifact artifact) {
    try {
      Path file = place(artifact.sha256());
      return Files.isRegularFile(file) && Files.size(file) == artifact.bytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void remove(String sha256) {
    verified.remove(sha256);
    delete(place(sha256));
  }

  @Override
  public int removeUnfinished(Instant before) {
    try (Stream<Path> files = Files.list(spool.directory())) {
      var old = files.filter(file -> modified(file).isBefore(before)).toList();
      old.forEach(FileArtifactStore::delete);
      return old.size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path place(String sha256) {
    return root.resolve(sha256.substring(0, 2)).resolve(sha256.substring(2));
  }

  /** A file that is renamed or deleted meanwhile counts as new. */
  private static Instant modified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (IOException e) {
      return Instant.MAX;
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void force(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
