package io.greenformers.service.upload;

import io.greenformers.protocol.Sha256;
import io.greenformers.service.artifact.DiskFull;
import io.greenformers.service.artifact.FileThreads;
import io.greenformers.service.artifact.WholeBlocks;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Optional;

/**
 * The file that an upload grows in, locked while it is open. The offset is its length once it was
 * forced to disk, so it is true after any kill.
 *
 * <p>Bytes that come with a checksum count when it was checked: until then a file beside it says
 * where they begin, and what a kill leaves behind that is cut off.
 */
final class UploadFile implements AutoCloseable {
  private final FileChannel channel;
  private final Path unchecked;

  private UploadFile(FileChannel channel, Path unchecked) throws IOException {
    this.channel = channel;
    this.unchecked = unchecked;
    if (Files.exists(unchecked)) {
      cut(Long.parseLong(Files.readString(unchecked)));
    }
  }

  /**
   * Opens an upload's file, which is created if need be.
   *
   * @throws TusException if another request has it open
   */
  static UploadFile open(Path file) {
    try {
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        if (!isLocked(channel)) {
          throw TusException.busy();
        }
        return new UploadFile(channel, file.resolveSibling(file.getFileName() + ".from"));
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** How many bytes are on the disk, whatever happens. */
  long offset() {
    try {
      channel.force(true);
      return channel.size();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * Adds bytes. Those that came before their sender broke off are kept, unless a checksum was
   * promised.
   *
   * @param most how many there may be
   * @param sha256 of all of them, raw, where the sender says it
   * @return the offset afterwards
   * @throws TusException if they have another checksum; none is kept then
   */
  long append(InputStream bytes, long most, Optional<byte[]> sha256) {
    try {
      long before = channel.size();
      if (sha256.isPresent()) {
        mark(before);
      }
      MessageDigest digest = Sha256.start();
      boolean complete = transfer(bytes, most, digest);
      if (sha256.isPresent()) {
        channel.force(true);
        check(complete && MessageDigest.isEqual(digest.digest(), sha256.get()), before);
        Files.delete(unchecked);
      }
      return offset();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Whether the sender sent all it meant to, and not more than it may. */
  private boolean transfer(InputStream bytes, long most, MessageDigest digest) throws IOException {
    channel.position(channel.size());
    InputStream blocks = new WholeBlocks(bytes);
    byte[] buffer = new byte[WholeBlocks.BLOCK];
    long left = most;
    while (true) {
      int n;
      try {
        n = blocks.read(buffer);
      } catch (IOException e) {
        return false; // broken off: what came is there
      }
      if (n < 0) {
        return true;
      }
      if (n > left) {
        cut(channel.size() - (most - left));
        throw TusException.invalid("Upload-Length", "no more bytes than it says, found more");
      }
      left -= n;
      FileThreads.append(ByteBuffer.wrap(buffer, 0, n), digest, channel);
    }
  }

  private void mark(long before) throws IOException {
    Path temporary = unchecked.resolveSibling(unchecked.getFileName() + ".tmp");
    Files.writeString(temporary, Long.toString(before));
    Files.move(temporary, unchecked, StandardCopyOption.ATOMIC_MOVE);
  }

  private void check(boolean holds, long before) throws IOException {
    if (!holds) {
      cut(before);
      throw TusException.checksumMismatch(before);
    }
  }

  private void cut(long length) throws IOException {
    channel.truncate(length);
    channel.force(true);
    Files.deleteIfExists(unchecked);
  }

  private static RuntimeException failed(IOException e) {
    return DiskFull.isCauseOf(e) ? DiskFull.refusal() : new UncheckedIOException(e);
  }

  /** The lock goes with the channel. */
  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
