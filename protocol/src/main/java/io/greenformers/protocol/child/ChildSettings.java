package io.greenformers.protocol.child;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How engine children are started and bounded.
 *
 * @param java the {@code java} executable, JDK 25
 * @param classPath jars and directories (a directory's jars are taken with {@code dir/*})
 * @param heapMegabytes the child's {@code -Xmx}
 * @param deadline the longest a stage may take
 * @param silence the longest a child may say nothing before it counts as hung
 * @param maxLineBytes the longest protocol line; the child is ended when it sends a longer one
 */
public record ChildSettings(
    Path java,
    List<String> classPath,
    int heapMegabytes,
    Duration deadline,
    Duration silence,
    int maxLineBytes) {
  public ChildSettings {
    classPath = List.copyOf(classPath);
  }
}
