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
 * @param cache a directory of this user, where children share unpacked native libraries and loaded
 *     classes, so that the next one starts sooner; without it each unpacks its own
 */
public record ChildSettings(
    Path java,
    List<String> classPath,
    int heapMegabytes,
    Duration deadline,
    Duration silence,
    int maxLineBytes,
    Duration runLimit,
    Optional<Path> cache) {
  private static final Duration DEFAULT_RUN_LIMIT = Duration.ofSeconds(30);

  public ChildSettings {
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
        ChildCache.ofUser());
  }

  /** The same, with another limit of one run of a model. */
  public ChildSettings withRunLimit(Duration limit) {
    return new ChildSettings(
        java, classPath, heapMegabytes, deadline, silence, maxLineBytes, limit, cache);
  }

  /** The same, with another cache, or none. */
  public ChildSettings withCache(Optional<Path> directory) {
    return new ChildSettings(
        java, classPath, heapMegabytes, deadline, silence, maxLineBytes, runLimit, directory);
  }
}
