package io.greenformers.protocol.child;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How engine children are started and bounded.
 *
 * @param java the {@code java} executable, JDK 25
 * @param classPath jars and directories (a directory's jars are taken with {@code dir/*})
 * @param heapMegabytes the child's {@code -Xmx}
 * @param deadline the longest a stage may take
 * @param silence the longest a child may say nothing before it counts as hung
 * @param maxLineBytes the longest protocol line; the child is ended when it sends a longer one
 * @param runLimit the longest that one run of a model may take, in whole seconds
 * @param memoryMegabytes what the child may take in all, natively too: what would take more is done
 *     in smaller parts, or not at all; without it, what the machine or the container has
 * @param cache a directory of this user, where unpacked native libraries and parsed classes lie
 *     that all children start from, prepared by one that sees no model; without it each unpacks its
 *     own
 * @param isolation whether children are held to their own files, without a network
 */
public record ChildSettings(
    Path java,
    List<String> classPath,
    int heapMegabytes,
    Duration deadline,
    Duration silence,
    int maxLineBytes,
    Duration runLimit,
    Optional<Integer> memoryMegabytes,
    Optional<Path> cache,
    Isolation isolation) {
  /** How a child is held to its own files, without a network. */
  public enum Isolation {
    /** Not at all. */
    OFF,
    /** As far as the system can, which the child's log tells. */
    AVAILABLE,
    /** By files and system calls, or it does not start. */
    REQUIRED
  }

  private static final Duration DEFAULT_RUN_LIMIT = Duration.ofSeconds(30);

  public ChildSettings {
    memoryMegabytes.ifPresent(megabytes -> {
      if (megabytes < heapMegabytes) {
        throw new IllegalArgumentException(
            "memory: expected at least the heap's %d MB, found %d"
                .formatted(heapMegabytes, megabytes));
      }
    });
    classPath = List.copyOf(classPath);
    if (runLimit.toSeconds() < 1) {
      throw new IllegalArgumentException(
          "runLimit: expected one second or more, found " + runLimit);
    }
  }

  /** Settings with a run limit of 30 s and the user's cache. */
  public ChildSettings(
      Path java,
      List<String> classPath,
      int heapMegabytes,
      Duration deadline,
      Duration silence,
      int maxLineBytes) {
    this(
        java,
        classPath,
        heapMegabytes,
        deadline,
        silence,
        maxLineBytes,
        DEFAULT_RUN_LIMIT,
        Optional.empty(),
        ChildCache.ofUser(),
        Isolation.AVAILABLE);
  }

  /** The same, with another limit of one run of a model. */
  public ChildSettings withRunLimit(Duration limit) {
    return with(limit, memoryMegabytes, cache, isolation);
  }

  /** The same, with a bound on all memory of a child, or none. */
  public ChildSettings withMemory(Optional<Integer> megabytes) {
    return with(runLimit, megabytes, cache, isolation);
  }

  /** The same, with another cache, or none. */
  public ChildSettings withCache(Optional<Path> directory) {
    return with(runLimit, memoryMegabytes, directory, isolation);
  }

  /** The same, with other demands on the kernel. */
  public ChildSettings withIsolation(Isolation demanded) {
    return with(runLimit, memoryMegabytes, cache, demanded);
  }

  private ChildSettings with(
      Duration limit, Optional<Integer> megabytes, Optional<Path> directory, Isolation demanded) {
    return new ChildSettings(
        java,
        classPath,
        heapMegabytes,
        deadline,
        silence,
        maxLineBytes,
        limit,
        megabytes,
        directory,
        demanded);
  }
}
