package io.greenformers.protocol.child;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The command of an engine's JVM, and its environment, which has nothing of the parent's that is
 * not named here.
 */
final class ChildCommand {
  /** The argument that asks for a preparation instead of a stage; the {@link CachePart} follows. */
  private static final String PREPARE = "prepare";

  /**
   * glibc otherwise keeps a heap for every thread, so that no other gets what the backward pass
   * frees, and asks for no huge pages, which make a step of training 4 % faster.
   */
  private static final Map<String, String> TRAINING =
      Map.of("MALLOC_ARENA_MAX", "1", "GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");

  private final ChildSettings settings;
  private final String mainClass;

  ChildCommand(ChildSettings settings, String mainClass) {
    this.settings = settings;
    this.mainClass = mainClass;
  }

  /** Does a stage, and can change nothing of the cache. */
  ProcessBuilder ofStage(Path directory, StageRequest request, Optional<ChildCache> cache)
      throws IOException {
    List<String> options = new ArrayList<>(optionsOf(request.stage()));
    cache
        .map(ChildCache::classes)
        .filter(Files::exists)
        .ifPresent(classes -> options.add("-XX:SharedArchiveFile=" + classes));
    Path natives = cache.map(ChildCache::natives).orElse(directory.resolve("natives"));
    List<String> command = command(directory, natives, options);
    ProcessBuilder builder =
        builder(
            ChildRights.confined(
                settings, ChildRights.ofStage(settings, directory, request, cache), command),
            directory,
            natives);
    if (request.stage() == Stage.RECOVER) {
      builder.environment().putAll(TRAINING);
    }
    if (request.machine().isPresent()) {
      // NCCL otherwise takes any interface; gloo is told an address
      Optional.ofNullable(
              NetworkInterface.getByInetAddress(
                  InetAddress.ofLiteral(request.machine().get().own())))
          .ifPresent(own -> builder.environment().put("NCCL_SOCKET_IFNAME", "=" + own.getName()));
    }
    return builder;
  }

  /** Fills a cache, and sees no model. */
  ProcessBuilder ofPreparation(Path directory, CachePart part, ChildCache cache)
      throws IOException {
    // the JVM keeps no classes of a class path with directories
    boolean jars = settings.classPath().stream().allMatch(ChildCommand::isJars);
    List<String> options =
        jars ? List.of("-XX:ArchiveClassesAtExit=" + cache.classes()) : List.of();
    List<String> command = command(directory, cache.natives(), options);
    command.add(PREPARE);
    command.add(part.name().toLowerCase(Locale.ROOT));
    return builder(
        ChildRights.confined(
            settings, ChildRights.ofPreparation(settings, directory, cache), command),
        directory,
        cache.natives());
  }

  private static boolean isJars(String entry) {
    return entry.endsWith(".jar") || entry.endsWith("*");
  }

  private ProcessBuilder builder(List<String> command, Path directory, Path natives) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(List.of("PATH", "LANG", ChildRights.LIBRARIES, "SystemRoot"));
    // ONNX Runtime 1.29 overflows its stack when it reads a long command line
    environment.put("CLASSPATH", String.join(File.pathSeparator, settings.classPath()));
    environment.put("HOME", directory.toString());
    // libtorch's and OpenBLAS's threads otherwise spin against each other
    environment.put("OMP_WAIT_POLICY", "PASSIVE");
    // ONNX Runtime otherwise reports to its maker: the machine, the command line, what sessions do
    environment.put("ORT_DISABLE_TELEMETRY", "1");
    // the tokenizer library otherwise looks for GPU natives on the network
    environment.put("RUST_FLAVOR", "cpu");
    environment.put("DJL_CACHE_DIR", natives.resolve("tokenizers").toString());
    return builder;
  }

  private static List<String> optionsOf(Stage stage) {
    return switch (stage) {
      case INSPECT -> List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
      // tensors are elsewhere; what a step leaves would fill a larger heap with the hours, G1 moves
      // its young regions about, and compiling more cuts native memory into pieces
      case RECOVER -> List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmn8m");
      default -> List.of();
    };
  }

  private List<String> command(Path directory, Path natives, List<String> options) {
    List<String> command =
        new ArrayList<>(
            List.of(
                settings.java().toString(),
                "-Xmx" + settings.heapMegabytes() + "m",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:ErrorFile=" + directory.resolve(CrashLog.NAME),
                "-XX:-CreateCoredumpOnCrash",
                "-XX:-UsePerfData",
                // a signal ends the child at once: ONNX Runtime's shutdown hook crashes while a
                // model runs
                "-Xrs",
                // warnings of the JVM are no protocol lines
                "-Xlog:disable",
                "-Xlog:all=error:stderr",
                "-Djava.io.tmpdir=" + directory,
                // libtorch's tensors are not in the heap, from whose size the limit would follow
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-Dorg.bytedeco.javacpp.cachedir=" + natives.resolve("javacpp"),
                "-Dgreenformers.engine.natives=" + natives,
                "-Dgreenformers.engine.runLimitSeconds=" + settings.runLimit().toSeconds(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow"));
    settings
        .memoryMegabytes()
        .ifPresent(most -> command.add("-Dgreenformers.engine.memoryMegabytes=" + most));
    command.addAll(options);
    command.add(mainClass);
    return command;
  }
}
