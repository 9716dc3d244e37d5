package io.greenformers.protocol.child;

import com.sun.management.OperatingSystemMXBean;
import io.greenformers.protocol.child.ChildSettings.Isolation;
import io.greenformers.protocol.confinement.Confinement;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a child needs, and no more. */
final class ChildRights {
  /** A file that a stage writes is at most so many times as large as all that it was given. */
  private static final long MOST_GROWTH = 8;

  private static final long GIGABYTE = 1L << 30;

  /** What a JVM has mapped and never touches: code, classes, threads' stacks. */
  private static final long MAPPED_BYTES = 4 * GIGABYTE;

  /** CUDA's are the largest, at a gigabyte. */
  private static final long LARGEST_LIBRARY = 4 * GIGABYTE;

  /** Directories of libraries besides the system's, as CUDA's may be. */
  static final String LIBRARIES = "LD_LIBRARY_PATH";

  private ChildRights() {}

  /** A command, confined as the settings want and the system can. */
  static List<String> confined(ChildSettings settings, Confinement rights, List<String> command)
      throws IOException {
    if (settings.isolation() == Isolation.OFF) {
      return command;
    }
    if (Confinement.isKnownHere()) {
      return rights.command(settings.java(), command);
    }
    if (settings.isolation() == Isolation.REQUIRED) {
      throw new IOException(
          "isolation is required, and only Linux on x86-64 or AArch64 can give it; run there, or"
              + " set greenformers.engine.isolation to available");
    }
    return command;
  }

  /** Its artifacts and the cache to read, its own directories to write. */
  static Confinement ofStage(
      ChildSettings settings, Path directory, StageRequest request, Optional<ChildCache> cache)
      throws IOException {
    List<Path> readable = installation(settings);
    readable.addAll(request.artifacts().values());
    cache.ifPresent(c -> readable.add(c.directory()));
    List<Path> writable = new ArrayList<>(List.of(directory, request.output()));
    if (request.work().isPresent()) {
      writable.add(Files.createDirectories(request.work().get()));
    }
    return rights(
        settings,
        readable,
        writable,
        hasPeers(request),
        settings.deadline(),
        MOST_GROWTH * bytes(request) + GIGABYTE);
  }

  /** No artifact at all, and the cache to write. */
  static Confinement ofPreparation(ChildSettings settings, Path directory, ChildCache cache) {
    return rights(
        settings,
        installation(settings),
        List.of(directory, cache.directory()),
        false,
        CachePreparation.DEADLINE,
        LARGEST_LIBRARY);
  }

  private static Confinement rights(
      ChildSettings settings,
      List<Path> readable,
      List<Path> writable,
      boolean network,
      Duration deadline,
      long fileBytes) {
    return new Confinement(
        readable,
        writable,
        network,
        deadline.toSeconds() * Runtime.getRuntime().availableProcessors(),
        fileBytes,
        memoryBytes(settings) + MAPPED_BYTES,
        settings.isolation() == Isolation.REQUIRED);
  }

  private static List<Path> installation(ChildSettings settings) {
    List<Path> readable = new ArrayList<>();
    settings.classPath().forEach(entry -> readable.add(Path.of(entry.replaceFirst("\\*$", ""))));
    libraries().forEach(d -> readable.add(Path.of(d)));
    return readable;
  }

  /** Processes of one training talk over the loopback interface, and machines over theirs. */
  private static boolean hasPeers(StageRequest request) {
    return request.stage() == Stage.RECOVER
        && (request.machine().isPresent()
            || request.request().recovery().filter(r -> !r.processes().equals("1")).isPresent());
  }

  private static List<String> libraries() {
    String path = System.getenv().getOrDefault(LIBRARIES, "");
    return Arrays.stream(path.split(File.pathSeparator, -1)).filter(d -> !d.isEmpty()).toList();
  }

  private static long bytes(StageRequest request) throws IOException {
    long sum = 0;
    for (Path file : request.artifacts().values()) {
      sum += Files.size(file);
    }
    return sum;
  }

  private static long memoryBytes(ChildSettings settings) {
    return settings.memoryMegabytes().isPresent()
        ? (long) settings.memoryMegabytes().get() << 20
        : ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
            .getTotalMemorySize();
  }
}
