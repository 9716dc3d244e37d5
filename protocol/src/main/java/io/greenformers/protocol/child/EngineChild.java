package io.greenformers.protocol.child;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Starts engine children: one JVM per stage, so that native code never shares the parent's process.
 * Thread-safe.
 */
public final class EngineChild {
  static final String MAIN = "io.greenformers.engine.Main";

  private final ChildSettings settings;
  private final String mainClass;
  private final Path temporary;

  public EngineChild(ChildSettings settings) {
    this(settings, MAIN, Path.of(System.getProperty("java.io.tmpdir")));
  }

  /**
   * A child that is not the engine.
   *
   * @param temporary where children get their working directories
   */
  EngineChild(ChildSettings settings, String mainClass, Path temporary) {
    this.settings = settings;
    this.mainClass = mainClass;
    this.temporary = temporary;
  }

  /**
   * Starts a stage.
   *
   * @param progress is told how far the child is, from a thread of the run
   * @param log is told the lines that are no message, shortened: the first ones as they come, and
   *     the last ones at the end; from threads of the run
   * @throws UncheckedIOException if the child cannot be started at all
   */
  public ChildRun start(
      StageRequest request, Consumer<ChildMessage.Progress> progress, Consumer<String> log) {
    BoundedLog bounded = new BoundedLog(log);
    try {
      WorkDirectory directory = WorkDirectory.create(temporary, bounded);
      try {
        Process process = builder(directory.path(), request).start();
        return new ChildRun(process, directory, settings, request, progress, bounded);
      } catch (IOException e) {
        directory.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the engine child cannot be started with " + settings.java() + ": " + e.getMessage(), e);
    }
  }

  private ProcessBuilder builder(Path directory, StageRequest request) throws IOException {
    String classPath = String.join(File.pathSeparator, settings.classPath());
    List<String> command = new ArrayList<>(List.of(settings.java().toString()));
    command.addAll(bounds(directory));
    command.addAll(start(directory, request.stage()));
    command.add(mainClass);
    ProcessBuilder builder =
        new ProcessBuilder(ChildRights.confined(settings, directory, request, command));
    builder.directory(directory.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(List.of("PATH", "LANG", ChildRights.LIBRARIES, "SystemRoot"));
    // ONNX Runtime 1.29 overflows its stack when it reads a long command line
    environment.put("CLASSPATH", classPath);
    environment.put("HOME", directory.toString());
    // libtorch's and OpenBLAS's threads otherwise spin against each other
    environment.put("OMP_WAIT_POLICY", "PASSIVE");
    // ONNX Runtime otherwise reports to its maker: the machine, the command line, what sessions do
    environment.put("ORT_DISABLE_TELEMETRY", "1");
    // the tokenizer library otherwise looks for GPU natives on the network
    environment.put("RUST_FLAVOR", "cpu");
    environment.put("DJL_CACHE_DIR", directory.resolve("natives").toString());
    return builder;
  }

  private List<String> bounds(Path directory) {
    List<String> bounds = new ArrayList<>(fixedBounds(directory));
    settings
        .memoryMegabytes()
        .ifPresent(most -> bounds.add("-Dgreenformers.engine.memoryMegabytes=" + most));
    return bounds;
  }

  private List<String> fixedBounds(Path directory) {
    return List.of(
        "-Xmx" + settings.heapMegabytes() + "m",
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:ErrorFile=" + directory.resolve(CrashLog.NAME),
        "-XX:-CreateCoredumpOnCrash",
        // a signal ends the child at once: ONNX Runtime's shutdown hook crashes while a model runs
        "-Xrs",
        // warnings of the JVM are no protocol lines
        "-Xlog:disable",
        "-Xlog:all=error:stderr",
        "-Djava.io.tmpdir=" + directory,
        // libtorch's tensors are not in the heap, from whose size the limit would follow
        "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
        "-Dgreenformers.engine.runLimitSeconds=" + settings.runLimit().toSeconds(),
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow");
  }

  /** A short stage costs little more than its start: see {@link ChildCache}. */
  private List<String> start(Path directory, Stage stage) throws IOException {
    List<String> options = new ArrayList<>(List.of("-XX:-UsePerfData"));
    if (stage == Stage.INSPECT) {
      options.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    }
    Optional<ChildCache> cache = ChildCache.of(settings);
    Path natives = cache.map(ChildCache::natives).orElse(directory.resolve("natives"));
    Files.createDirectories(natives);
    options.add("-Dgreenformers.engine.natives=" + natives);
    options.add("-Dorg.bytedeco.javacpp.cachedir=" + natives.resolve("javacpp"));
    cache
        .flatMap(c -> c.classes(settings, stage))
        .ifPresent(classes -> {
          options.add("-XX:+AutoCreateSharedArchive");
          options.add("-XX:SharedArchiveFile=" + classes);
        });
    return options;
  }
}
