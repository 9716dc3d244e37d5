package io.greenformers.service.artifact;

import io.greenformers.protocol.Sha256;
import io.greenformers.service.artifact.UploadException.Fault;
import io.greenformers.service.settings.ServiceSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * Streams bytes into a temporary file, checked and forced to disk, before anyone can see them.
 * Thread-safe.
 *
 * @param directory of the temporary files
 * @param mostBytes of one file
 * @param freeDisk bytes that must stay free
 */
record Spool(Path directory, long mostBytes, long freeDisk) {
  /** How often a long upload looks whether the disk still has room. */
  private static final long LOOK_EVERY = 64L << 20;

  /** Files in a directory, which is created if need be. */
  static Spool in(Path directory, ServiceSettings.Limits limits) throws IOException {
    return new Spool(
        Files.createDirectories(directory), limits.upload().toBytes(), limits.freeDisk().toBytes());
  }

  /** A whole file; closing deletes it, unless it was moved. */
  record Spooled(Path file, StoredArtifact artifact) implements AutoCloseable {
    @Override
    public void close() {
      delete(file);
    }
  }

  /**
   * Writes a file.
   *
   * @param announcedBytes how many will come, where the sender says so; else negative
   * @throws UploadException if they are too many, do not fit, are none, or have another digest;
   *     nothing is left then
   */
  Spooled write(InputStream bytes, long announcedBytes, Optional<ContentDigest> expected) {
    checkSize(announcedBytes);
    try {
      checkDisk(Math.max(0, announcedBytes));
      Path temporary = Files.createTempFile(directory, "incoming-", "");
      try {
        StoredArtifact artifact = write(bytes, temporary);
        check(artifact, announcedBytes, expected);
        return new Spooled(temporary, artifact);
      } catch (IOException | RuntimeException e) {
        delete(temporary);
        throw e;
      }
    } catch (IOException e) {
      throw DiskFull.isCauseOf(e) ? DiskFull.refusal() : new UncheckedIOException(e);
    }
  }

  private StoredArtifact write(InputStream bytes, Path temporary) throws IOException {
    InputStream blocks = new WholeBlocks(bytes);
    MessageDigest digest = Sha256.start();
    byte[] buffer = new byte[WholeBlocks.BLOCK];
    long total = 0;
    try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      for (int n = read(blocks, buffer); n >= 0; n = read(blocks, buffer)) {
        long before = total;
        total += n;
        checkSize(total);
        if (before / LOOK_EVERY != total / LOOK_EVERY) {
          checkDisk(0);
        }
        FileThreads.append(ByteBuffer.wrap(buffer, 0, n), digest, channel);
      }
      channel.force(true);
    }
    return new StoredArtifact(Sha256.hex(digest), total);
  }

  private static int read(InputStream bytes, byte[] buffer) {
    try {
      return bytes.read(buffer);
    } catch (IOException e) {
      throw new UploadException(
          Fault.BROKEN_OFF, "the upload broke off before its end; send it again");
    }
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
    if (Files.getFileStore(directory).getUsableSpace() - needed < freeDisk) {
      throw DiskFull.refusal();
    }
  }

  private static void delete(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
