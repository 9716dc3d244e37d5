package io.greenformers.service.compression;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Wakes those who follow a compression when it changes in this process.
 *
 * <p>Nothing but a hint: what changed is read from the database, and followers look there from time
 * to time anyway. Thread-safe.
 */
@Component
final class CompressionChanges implements SmartLifecycle {
  private final Map<String, Set<Follower>> followers = new ConcurrentHashMap<>();
  private volatile boolean running;

  /** Follows one compression until closed. */
  final class Follower implements AutoCloseable {
    private final String id;
    private final Semaphore changed = new Semaphore(0);

    private Follower(String id) {
      this.id = id;
    }

    /** Waits for a change; whether there was one. */
    boolean await(Duration most) throws InterruptedException {
      boolean woken = changed.tryAcquire(most.toMillis(), TimeUnit.MILLISECONDS);
      changed.drainPermits();
      return woken;
    }

    /** Whether the service runs on; followers end with it. */
    boolean isWorthWaiting() {
      return running;
    }

    @Override
    public void close() {
      followers.computeIfPresent(
          id,
          (key, all) -> {
            all.remove(this);
            return all.isEmpty() ? null : all;
          });
    }
  }

  Follower follow(String id) {
    Follower follower = new Follower(id);
    followers.compute(
        id,
        (key, all) -> {
          Set<Follower> set = all == null ? ConcurrentHashMap.newKeySet() : all;
          set.add(follower);
          return set;
        });
    return follower;
  }

  /** Says that a compression changed; to be called after the commit. */
  void changed(String id) {
    followers.getOrDefault(id, Set.of()).forEach(f -> f.changed.release());
  }

  @Override
  public void start() {
    running = true;
  }

  /** Before the web server waits for its open responses, followers among them. */
  @Override
  public void stop() {
    running = false;
    followers.values().forEach(all -> all.forEach(f -> f.changed.release()));
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
