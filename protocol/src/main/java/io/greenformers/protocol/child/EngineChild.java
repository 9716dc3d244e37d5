package io.greenformers.protocol.child;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Starts engine children: one JVM per stage, so that native code never shares the parent's process.
 */
public final class EngineChild {
  static final String MAIN = "io.greenformers.engine.Main";

  private final ChildSettings settings;
  private final String mainClass;

  public EngineChild(ChildSettings settings) {
    this(settings, MAIN);
  }

  EngineChild(ChildSettings settings, String mainClass) {
    this.settings = settings;
    this.mainClass = mainClass;
  }

  /**
   * Starts a stage.
   *
   * @param progress is told how far the child is, from a thread of the run
   * @param log is told every line that is no message, shortened, from threads of the run
   * @throws UncheckedIOException if the child cannot be started at all
   */
  public ChildRun start(
      StageRequest request, Consumer<ChildMessage.Progress> progress, Consumer<String> log) {
    try {
      Path directory = Files.createTempDirectory("greenformers-child-");
      Process process = builder(directory).start();
      return new ChildRun(process, directory, settings, request, progress, log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ProcessBuilder builder(Path directory) {
    ProcessBuilder builder =
        new ProcessBuilder(
            settings.java().toString(),
            "-Xmx" + settings.heapMegabytes() + "m",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:-UsePerfData",
            "-XX:ErrorFile=" + directory.resolve("crash.log"),
            "-Djava.io.tmpdir=" + directory,
            "-Dorg.bytedeco.javacpp.cachedir=" + directory.resolve("natives"),
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            String.join(File.pathSeparator, settings.classPath()),
            mainClass);
    builder.directory(directory.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(List.of("PATH", "LANG", "SystemRoot"));
    environment.put("HOME", directory.toString());
    // libtorch's and OpenBLAS's threads otherwise spin against each other
    environment.put("OMP_WAIT_POLICY", "PASSIVE");
    // the tokenizer library otherwise looks for GPU natives on the network
    environment.put("RUST_FLAVOR", "cpu");
    environment.put("DJL_CACHE_DIR", directory.resolve("natives").toString());
    return builder;
  }
}
