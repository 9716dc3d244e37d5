package io.greenformers.service.artifact;

import io.greenformers.service.artifact.UploadException.Fault;
import io.greenformers.service.settings.DataDirectory;
import io.greenformers.service.settings.ServiceSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Artifacts as files, {@code ab/cdef…} by their SHA-256.
 *
 * <p>An artifact is written to a temporary file elsewhere, forced to disk, and then renamed into
 * its place; then the directory is forced too. So a name that exists has all its bytes, whatever is
 * killed when.
 */
@Component
final class FileArtifactStore implements ArtifactStore {
  private static final int BUFFER = 1 << 18;

  /** How often a long upload looks whether the disk still has room. */
  private static final long LOOK_EVERY = 64L << 20;

  private final Path root;
  private final Path incoming;
  private final long mostBytes;
  private final long freeDisk;

  /** What was verified, as it was then: a file that changed since is verified again. */
  private final Map<String, FileTime> verified = new ConcurrentHashMap<>();

  FileArtifactStore(DataDirectory directory, ServiceSettings settings) throws IOException {
    this.root = Files.createDirectories(directory.artifacts());
    this.incoming = directory.work();
    this.mostBytes = settings.limits().upload().toBytes();
    this.freeDisk = settings.limits().freeDisk().toBytes();
  }

  @Override
  public StoredArtifact put(
      InputStream bytes, long announcedBytes, Optional<ContentDigest> expected) {
    checkSize(announcedBytes);
    Path temporary = null;
    try {
      checkDisk(Math.max(0, announcedBytes));
      temporary = Files.createTempFile(incoming, "incoming-", "");
      StoredArtifact artifact = write(bytes, temporary);
      check(artifact, announcedBytes, expected);
      publish(temporary, artifact);
      return artifact;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(temporary);
    }
  }

  @Override
  public StoredArtifact take(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      StoredArtifact artifact = new StoredArtifact(digest(file), channel.size());
      channel.force(true);
      publish(file, artifact);
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

  private static void verify(Path file, String sha256) throws IOException {
    String found = digest(file);
    if (!found.equals(sha256)) {
      throw ArtifactException.corrupt(sha256, found);
    }
  }

  private StoredArtifact write(InputStream bytes, Path temporary) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER];
    long total = 0;
    try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      for (int n = read(bytes, buffer); n >= 0; n = read(bytes, buffer)) {
        digest.update(buffer, 0, n);
        long before = total;
        total += n;
        checkSize(total);
        if (before / LOOK_EVERY != total / LOOK_EVERY) {
          checkDisk(0);
        }
        for (ByteBuffer b = ByteBuffer.wrap(buffer, 0, n); b.hasRemaining(); ) {
          channel.write(b);
        }
      }
      channel.force(true);
    }
    return new StoredArtifact(HexFormat.of().formatHex(digest.digest()), total);
  }

  private static int read(InputStream bytes, byte[] buffer) {
    try {
      return bytes.read(buffer);
    } catch (IOException e) {
      throw new UploadException(
          Fault.BROKEN_OFF, "the upload broke off before its end; send it again");
    }
  }

  private void publish(Path file, StoredArtifact artifact) throws IOException {
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

  private static void check(
      StoredArtifact artifact, long announcedBytes, Optional<ContentDigest> expected) {
    if (artifact.bytes() == 0) {
      throw new UploadException(Fault.EMPTY, "expected the bytes of a file, found none");
    }
    if (announcedBytes >= 0 && artifact.bytes() != announcedBytes) {
      throw new UploadException(
          Fault.BROKEN_OFF,
          "expected %d bytes, found %d; send it again".formatted(announcedBytes, artifact.bytes()));
    }
    if (expected.isPresent() && !expected.get().sha256().equals(artifact.sha256())) {
      throw new UploadException(
          Fault.DIGEST_MISMATCH,
          "expected SHA-256 %s as in Content-Digest, found %s; send it again"
              .formatted(expected.get().sha256(), artifact.sha256()));
    }
  }

  private void checkSize(long bytes) {
    if (bytes > mostBytes) {
      throw new UploadException(
          Fault.TOO_LARGE,
          "expected at most %d bytes, found more; see greenformers.limits.upload"
              .formatted(mostBytes));
    }
  }

  private void checkDisk(long needed) throws IOException {
    long usable = Files.getFileStore(root).getUsableSpace();
    if (usable - needed < freeDisk) {
      throw new UploadException(
          Fault.DISK_FULL,
          "the service's disk has no room for this upload; free some or try a smaller file");
    }
  }

  private Path place(String sha256) {
    return root.resolve(sha256.substring(0, 2)).resolve(sha256.substring(2));
  }

  private static String digest(Path file) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  private static void force(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static void delete(@Nullable Path temporary) {
    try {
      if (temporary != null) {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
