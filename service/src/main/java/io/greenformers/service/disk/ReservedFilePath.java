package io.greenformers.service.disk;

import io.greenformers.service.artifact.DiskFull;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePathWrapper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files of H2 whose writes do not fail on a full disk, {@code jdbc:h2:reserved:/path}: they take
 * the room of the {@link DiskReserve} beside them, and wait for more when it is used up. A write
 * that fails would close H2's database for good, and leave threads in it that never come back (H2
 * 2.4.240). H2 makes instances of it.
 */
public final class ReservedFilePath extends FilePathWrapper {
  static final String SCHEME = "reserved";

  private static final Logger LOG = LoggerFactory.getLogger(ReservedFilePath.class);
  private static final long PAUSE_NANOS = 100_000_000;

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FileChannel open(String mode) throws IOException {
    Path file = Path.of(getBase().toString());
    return new ReservedFile(super.open(mode), file.resolveSibling(DiskReserve.NAME));
  }

  // a channel is thread-safe, and who reads must not wait for who waits for room
  @SuppressWarnings("UnsynchronizedOverridesSynchronized")
  private static final class ReservedFile extends FileBaseDefault {
    private final FileChannel file;
    private final Path reserve;

    ReservedFile(FileChannel file, Path reserve) {
      this.file = file;
      this.reserve = reserve;
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
      while (true) {
        try {
          return file.write(source, position);
        } catch (IOException e) {
          if (!DiskFull.isCauseOf(e)) {
            throw e;
          }
          makeRoom();
        }
      }
    }

    private void makeRoom() throws IOException {
      if (Files.deleteIfExists(reserve)) {
        LOG.error("the disk is full: the database writes to its reserve; make room");
        return;
      }
      boolean interrupted = Thread.interrupted();
      LockSupport.parkNanos(PAUSE_NANOS);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
      return file.read(target, position);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    protected void implTruncate(long size) throws IOException {
      file.truncate(size);
    }

    @Override
    public void force(boolean metaData) throws IOException {
      file.force(metaData);
    }

    @Override
    public @Nullable FileLock tryLock(long position, long size, boolean shared) throws IOException {
      return file.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
      file.close();
    }
  }
}
