package io.greenformers.engine.runtime;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much memory this process may take, in bytes, the limit of its container included. */
public final class ProcessMemory {
  private static final Path LINUX = Path.of("/proc/meminfo");
  private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s*(\\d+) kB");

  private ProcessMemory() {}

  /** All that there is: of the container where it is bounded, else of the machine. */
  public static long total() {
    return system().getTotalMemorySize();
  }

  /**
   * What can be had now, without swapping. Files that the system holds in memory count as available
   * where it tells so (Linux, MemAvailable of proc(5)).
   */
  public static long available() {
    try {
      Matcher matcher = AVAILABLE.matcher(Files.readString(LINUX));
      return matcher.find()
          ? Math.min(total(), Long.parseLong(matcher.group(1)) * 1024)
          : system().getFreeMemorySize();
    } catch (IOException e) {
      return system().getFreeMemorySize();
    }
  }

  private static OperatingSystemMXBean system() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  }
}
