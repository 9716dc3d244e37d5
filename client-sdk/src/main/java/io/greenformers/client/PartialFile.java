package io.greenformers.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/** The bytes of a download that have come so far, and their digest. Not thread-safe. */
final class PartialFile implements AutoCloseable {
  private static final int PIECE = 1 << 18;
  private static final long STEP = 1 << 22;

  private final Path path;
  private final FileChannel channel;
  private final MessageDigest digest = FileDigest.sha256();
  private long bytes;

  private PartialFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Opens what an earlier download left, or begins anew.
   *
   * @param most bytes; a file that has more is of something else
   * @throws IOException if it cannot be written, or another download writes it
   */
  static PartialFile open(Path path, long most) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    PartialFile file = new PartialFile(path, channel);
    try {
      file.lock();
      file.digestWhatIsThere(most);
      return file;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private void lock() throws IOException {
    try {
      if (channel.tryLock() != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      // this process has it: said below
    }
    throw new IOException(path + ": another download is writing it");
  }

  private void digestWhatIsThere(long most) throws IOException {
    if (channel.size() > most) {
      channel.truncate(0);
    }
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    while (channel.read(piece) >= 0) {
      bytes += piece.position();
      digest.update(piece.flip());
      piece.clear();
    }
  }

  /** How many have come. */
  long bytes() {
    return bytes;
  }

  /** Forgets all bytes. */
  void restart() throws IOException {
    channel.truncate(0);
    digest.reset();
    bytes = 0;
  }

  /**
   * Adds what comes, to its end.
   *
   * @param most bytes of the whole file
   * @param progress is told now and then how many have come
   * @throws InvalidDataException if there are more
   */
  void append(InputStream body, long most, LongConsumer progress) throws IOException {
    byte[] piece = new byte[PIECE];
    long told = bytes;
    for (int read = body.read(piece); read >= 0; read = body.read(piece)) {
      if (bytes + read > most) {
        throw new InvalidDataException("expected %d bytes, found more".formatted(most));
      }
      channel.write(ByteBuffer.wrap(piece, 0, read), bytes);
      digest.update(piece, 0, read);
      bytes += read;
      if (bytes - told >= STEP) {
        told = bytes;
        progress.accept(bytes);
      }
    }
  }

  /** The SHA-256 of all bytes, lower-case hex; only once. */
  String sha256() {
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Makes sure that the bytes outlast a crash. */
  void force() throws IOException {
    channel.force(true);
  }

  void delete() throws IOException {
    Files.deleteIfExists(path);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
