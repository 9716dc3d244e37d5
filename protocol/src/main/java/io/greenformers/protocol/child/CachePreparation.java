package io.greenformers.protocol.child;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Fills the caches that children start from, once for each installation, by a child that sees no
 * model: so nothing in them can be any model's work. Where it fails, children share nothing, and
 * are only slower. Thread-safe.
 */
final class CachePreparation {
  static final Duration DEADLINE = Duration.ofMinutes(10);

  /** Caches of other installations, mostly of earlier builds, go after so long without a child. */
  private static final Duration KEPT_UNUSED = Duration.ofHours(1);

  /** A file lock keeps other processes out, but not other threads. */
  private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

  private final ChildSettings settings;
  private final ChildCommand command;
  private final Path temporary;
  private final Set<CachePart> failed = ConcurrentHashMap.newKeySet();

  CachePreparation(ChildSettings settings, ChildCommand command, Path temporary) {
    this.settings = settings;
    this.command = command;
    this.temporary = temporary;
  }

  /**
   * A filled cache; waits until it is, seconds where nobody has done it before.
   *
   * @param waiting is called where that has to be waited for
   */
  Optional<ChildCache> cache(CachePart part, BoundedLog log, Runnable waiting) {
    Optional<ChildCache> cache = ChildCache.of(settings, part);
    if (cache.isPresent() && !cache.get().isReady() && !failed.contains(part)) {
      waiting.run();
      prepareOnce(part, cache.get(), log);
    }
    return cache.filter(ChildCache::isReady);
  }

  private void prepareOnce(CachePart part, ChildCache cache, BoundedLog log) {
    ONE_AT_A_TIME.lock();
    try (FileChannel channel =
            FileChannel.open(lockFile(cache), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      if (lock.isValid() && !cache.isReady() && !failed.contains(part)) {
        prepare(part, cache, log);
      }
    } catch (IOException e) {
      failed.add(part);
      log.add("children share no cache, and start more slowly: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      ONE_AT_A_TIME.unlock();
    }
  }

  private void prepare(CachePart part, ChildCache cache, BoundedLog log)
      throws IOException, InterruptedException {
    delete(cache.directory()); // what another one left when it was killed
    Files.createDirectories(cache.natives());
    try (WorkDirectory directory = WorkDirectory.create(temporary, log)) {
      run(command.ofPreparation(directory.path(), part, cache), log);
      cache.setReady();
    } finally {
      if (!cache.isReady()) {
        delete(cache.directory());
      }
    }
    deleteUnused(cache);
  }

  private static void run(ProcessBuilder builder, BoundedLog log)
      throws IOException, InterruptedException {
    Process process = builder.redirectErrorStream(true).start();
    try {
      Thread reader = Thread.ofVirtual().start(() -> read(process, log));
      if (!process.waitFor(DEADLINE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException("the preparation took longer than " + DEADLINE);
      }
      reader.join();
      if (process.exitValue() != 0) {
        throw new IOException(
            "the preparation ended with exit status %d; its log says why"
                .formatted(process.exitValue()));
      }
    } finally {
      process.destroyForcibly();
    }
  }

  private static void read(Process process, BoundedLog log) {
    BoundedLines lines = new BoundedLines(process.getInputStream(), BoundedLog.LINE_CHARACTERS);
    try {
      for (var line = lines.next(); line.isPresent(); line = lines.next()) {
        log.add(line.get().text());
      }
    } catch (IOException e) {
      log.add("the log of a preparation broke off: " + e.getMessage());
    }
  }

  private static void deleteUnused(ChildCache ready) throws IOException {
    Instant since = Instant.now().minus(KEPT_UNUSED);
    try (Stream<Path> all = Files.list(all(ready))) {
      for (Path other : all.filter(Files::isDirectory).toList()) {
        if (new ChildCache(other).used().isBefore(since)) {
          delete(other);
        }
      }
    }
  }

  private static Path lockFile(ChildCache cache) {
    return all(cache).resolve("preparation.lock");
  }

  private static Path all(ChildCache cache) {
    return Objects.requireNonNull(cache.directory().getParent());
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (UncheckedIOException e) {
      throw new IOException(e);
    }
  }
}
