package io.greenformers.protocol.confinement;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a process may reach: these files and those of the system that any program needs, no other
 * process, and so much of the machine.
 *
 * @param readable files, and directories with all below them
 * @param writable directories, with all below them
 * @param network whether it may open sockets of networks
 * @param cpuSeconds the processor time that it may take
 * @param fileBytes the largest file that it may write
 * @param memoryBytes the memory that it may take; pages of files are not counted
 * @param required whether it may not start where the kernel can't hold it to all this
 */
public record Confinement(
    Collection<Path> readable,
    Collection<Path> writable,
    boolean network,
    long cpuSeconds,
    long fileBytes,
    long memoryBytes,
    boolean required) {
  // words of the launcher's arguments
  static final String READ = "read";
  static final String WRITE = "write";
  static final String NETWORK = "network";
  static final String REQUIRED = "required";
  static final String END = "--";

  /** Libraries, what the dynamic loader and libc look up, and what the JVM asks of the machine. */
  private static final List<String> SYSTEM =
      List.of(
          "/usr",
          "/lib",
          "/lib64",
          "/etc/ld.so.cache",
          "/etc/localtime",
          "/etc/passwd",
          "/etc/nsswitch.conf",
          // ONNX Runtime asks a shell without it, and crashes where there is none
          "/etc/machine-id",
          // where Debian keeps a JDK's configuration
          "/etc/java-25-openjdk",
          "/proc",
          "/sys");

  /** Of {@code /dev}; what begins with {@link #GPU} besides. */
  private static final List<String> DEVICES = List.of("null", "zero", "random", "urandom");

  private static final String GPU = "nvidia";

  /** So many more than the system has now: one that multiplies comes to an end. */
  private static final int MOST_NEW_PROCESSES = 4096;

  public Confinement {
    readable = List.copyOf(readable);
    writable = List.copyOf(writable);
  }

  /** Whether this system has a launcher at all. */
  public static boolean isKnownHere() {
    return Architecture.current() != null;
  }

  /**
   * A command that confines itself and becomes another one; {@code CLASSPATH} must hold this class.
   *
   * @param java the {@code java} that runs the launcher
   * @throws IOException if {@code java} can't be found
   */
  public List<String> command(Path java, List<String> command) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of(
                java.toString(),
                "-Xmx32m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Xlog:disable",
                "--enable-native-access=ALL-UNNAMED",
                Launcher.class.getName()));
    limits().forEach((limit, most) -> all.add(limit + "=" + most));
    SYSTEM.forEach(path -> all.add(READ + "=" + path));
    // bin/java may be a link to where the JDK is
    all.add(READ + "=" + java.toRealPath().resolve("../.."));
    readable.forEach(path -> all.add(READ + "=" + path));
    devices().forEach(path -> all.add(WRITE + "=" + path));
    writable.forEach(path -> all.add(WRITE + "=" + path));
    if (network) {
      all.add(NETWORK);
    }
    if (required) {
      all.add(REQUIRED);
    }
    all.add(END);
    all.addAll(command);
    return all;
  }

  private Map<Limit, Long> limits() throws IOException {
    return Map.of(
        Limit.CPU_SECONDS, cpuSeconds,
        Limit.FILE_BYTES, fileBytes,
        Limit.MEMORY_BYTES, memoryBytes,
        Limit.CORE_BYTES, 0L,
        Limit.PROCESSES, processes() + MOST_NEW_PROCESSES);
  }

  /** All processes and threads of the system: "running/all" is the fourth word; see proc(5). */
  private static long processes() throws IOException {
    String word = Files.readString(Path.of("/proc/loadavg")).split(" ", -1)[3];
    return Long.parseLong(word.substring(word.indexOf('/') + 1));
  }

  private static List<Path> devices() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/dev"))) {
      return all.filter(Confinement::isOfEngines).toList();
    }
  }

  private static boolean isOfEngines(Path device) {
    String name = device.getFileName().toString();
    return DEVICES.contains(name) || name.startsWith(GPU);
  }
}
