package io.greenformers.core.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Works on several sites at once, within a bound of memory. Results are those of one worker, in the
 * order of the sites: the work of a site must not depend on that of others.
 *
 * @param workers how many sites at once, at most
 * @param memoryBytes of native memory that all may take together; a site that takes more is worked
 *     on alone
 */
public record SiteWorkers(int workers, long memoryBytes) {
  private static final long UNIT_BYTES = 1 << 20;

  public SiteWorkers {
    if (workers < 1 || memoryBytes < 1) {
      throw new IllegalArgumentException(
          "expected at least 1 worker and 1 byte, found %d and %d".formatted(workers, memoryBytes));
    }
  }

  /** One worker per core. */
  public static SiteWorkers perCore(long memoryBytes) {
    return new SiteWorkers(Runtime.getRuntime().availableProcessors(), memoryBytes);
  }

  /**
   * Works on each item.
   *
   * @param bytes that the work on an item takes, such as {@link FactorSource#workingBytes}
   * @param work called by several threads at once
   * @return the results, in the order of the items
   * @throws RuntimeException what the work on a failing item threw; no further item is begun then,
   *     and none is still worked on
   */
  public <T, R> List<R> map(List<T> items, ToLongFunction<T> bytes, Function<T, R> work) {
    int units = Math.clamp(memoryBytes / UNIT_BYTES, 1, Integer.MAX_VALUE);
    Semaphore memory = new Semaphore(units, true);
    AtomicBoolean failed = new AtomicBoolean();
    List<Future<R>> futures = new ArrayList<>();
    try (ExecutorService threads =
        Executors.newFixedThreadPool(workers, Thread.ofPlatform().name("site-", 0).factory())) {
      for (T item : items) {
        int needed = Math.clamp(Math.ceilDiv(bytes.applyAsLong(item), UNIT_BYTES), 1, units);
        futures.add(
            threads.submit(() -> {
              memory.acquireUninterruptibly(needed);
              try {
                return unlessFailed(failed, item, work);
              } finally {
                memory.release(needed);
              }
            }));
      }
    }
    futures.stream()
        .filter(f -> f.state() == Future.State.FAILED)
        .map(Future::exceptionNow)
        .filter(e -> !(e instanceof CancellationException))
        .findFirst()
        .ifPresent(SiteWorkers::rethrow);
    return futures.stream().map(Future::resultNow).toList();
  }

  /** Workers are not interrupted: that would close the files they write to. */
  private static <T, R> R unlessFailed(AtomicBoolean failed, T item, Function<T, R> work) {
    if (failed.get()) {
      throw new CancellationException("the work on another site failed");
    }
    try {
      return work.apply(item);
    } catch (Throwable e) {
      failed.set(true);
      throw e;
    }
  }

  /** What work on an item throws is unchecked. */
  private static void rethrow(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) failure;
  }
}
