package io.greenformers.service.artifact;

import io.greenformers.protocol.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The platform threads that blocks of files are read, written and digested in. A virtual thread
 * keeps its processor while it computes or waits for a disk; many transfers whose bytes come as
 * fast as they are asked for would leave none to other requests, and run into their time-outs.
 */
public final class FileThreads {
  private static final int COUNT = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());

  private static final ExecutorService THREADS =
      Executors.newFixedThreadPool(COUNT, Thread.ofPlatform().daemon().name("files-", 0).factory());

  private FileThreads() {}

  /** Digests a block, and writes all of it where the channel is. */
  public static void append(ByteBuffer block, MessageDigest digest, FileChannel channel)
      throws IOException {
    run(() -> {
      digest.update(block.duplicate());
      int written = 0;
      while (block.hasRemaining()) {
        written += channel.write(block);
      }
      return written;
    });
  }

  /** The SHA-256 of a file. */
  static String sha256(Path file) throws IOException {
    MessageDigest digest = Sha256.start();
    byte[] block = new byte[WholeBlocks.BLOCK];
    try (InputStream in = Files.newInputStream(file)) {
      while (run(() -> update(digest, in, block)) >= 0) {
        // one more block
      }
    }
    return Sha256.hex(digest);
  }

  private static int update(MessageDigest digest, InputStream in, byte[] block) throws IOException {
    int n = in.read(block);
    digest.update(block, 0, Math.max(0, n));
    return n;
  }

  /**
   * Work on one block.
   *
   * @param <T> what it answers
   */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  /**
   * Waits for work that one of the threads does, in the order of the calls.
   *
   * @throws InterruptedIOException if the caller is interrupted; the work may go on
   */
  static <T> T run(Work<T> work) throws IOException {
    Future<T> done = THREADS.submit(work::run);
    try {
      return done.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a file was read or written");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IllegalStateException("a file could not be read or written", e);
    }
  }
}
