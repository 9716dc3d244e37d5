package io.greenformers.service.settings;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/**
 * The directory that one running service owns.
 *
 * <p>Ownership is a file lock, which the operating system drops with the process: so what an
 * earlier process left half done below {@code work} can be removed at start.
 */
@Component
public final class DataDirectory implements AutoCloseable {
  private static final Duration KEPT_FOR = Duration.ofDays(7);

  private final Path root;
  private final FileChannel lock;
  private final UUID id;

  /**
   * Takes the directory over.
   *
   * @throws IllegalStateException if another service has it
   */
  public DataDirectory(ServiceSettings settings) throws IOException {
    this.root = settings.data();
    Files.createDirectories(root);
    this.lock =
        FileChannel.open(
            root.resolve("service.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    own();
    this.id = id(root.resolve("service.id"));
    FileSystemUtils.deleteRecursively(work());
    Files.createDirectories(work());
    Files.createDirectories(kept());
    forgetOld();
  }

  private void forgetOld() throws IOException {
    Instant old = Instant.now().minus(KEPT_FOR);
    try (Stream<Path> directories = Files.list(kept())) {
      for (Path directory : directories.toList()) {
        if (Files.getLastModifiedTime(directory).toInstant().isBefore(old)) {
          FileSystemUtils.deleteRecursively(directory);
        }
      }
    }
  }

  private void own() throws IOException {
    try {
      if (lock.tryLock() != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      // this process has it already: the same as any other owner
    }
    lock.close();
    throw new IllegalStateException(
        root + ": another service is using this directory; stop it, or set greenformers.data");
  }

  /** A name of this directory that nothing else has; it stays the same. */
  public UUID id() {
    return id;
  }

  private static UUID id(Path file) throws IOException {
    if (Files.notExists(file)) {
      Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
      Files.writeString(temporary, UUID.randomUUID().toString());
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return UUID.fromString(Files.readString(file).strip());
  }

  /** Where artifacts are kept. */
  public Path artifacts() {
    return root.resolve("artifacts");
  }

  /** Where resumable uploads grow; outlives the service. */
  public Path unfinishedUploads() {
    return root.resolve("uploads");
  }

  /** Where unfinished things lie; emptied at start. */
  public Path work() {
    return root.resolve("work");
  }

  /** A new, empty directory below {@link #work}, readable by this user only. */
  public Path newWorkDirectory() {
    try {
      return Files.createTempDirectory(work(), "stage-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Where a compression's stage keeps what it has finished, so that after a kill the next attempt
   * need not do it again; outlives the service.
   */
  public Path kept(String compression) {
    return kept().resolve(compression);
  }

  private Path kept() {
    return root.resolve("kept");
  }

  /** Deletes what a compression's stages kept: it is not needed any more. */
  public void forget(String compression) {
    try {
      FileSystemUtils.deleteRecursively(kept(compression));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes this directory's path out of a text that goes to a caller. */
  public String withoutPaths(String text) {
    return text.replace(root + "/", "").replace(root.toString(), "");
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
