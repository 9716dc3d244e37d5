package io.greenformers.engine;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * How much memory the stage may take, the Java heap and everything native together.
 *
 * @param bytes resident
 */
record MemoryBound(long bytes) {
  /** What running a model takes: its weights, mapped, packed for the processor, and its values. */
  private static final int COPIES = 3;

  /**
   * What {@code -Dgreenformers.engine.memoryMegabytes} says; without it, all that the machine or
   * the container has.
   */
  static MemoryBound configured() {
    long all =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    return new MemoryBound(Long.getLong("greenformers.engine.memoryMegabytes", all >> 20) << 20);
  }

  /** Whether a model of that many bytes may be run as a whole. */
  boolean canRun(long modelBytes) {
    return modelBytes <= bytes / COPIES;
  }

  /** Of all sites that are decomposed at once. */
  long working() {
    return Math.min(2L << 30, bytes / 4);
  }
}
