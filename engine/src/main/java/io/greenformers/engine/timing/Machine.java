package io.greenformers.engine.timing;

import io.greenformers.engine.runtime.ModelSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** What a latency depends on besides the model: it is of no use elsewhere. */
final class Machine {
  private static final Path LINUX_CPU = Path.of("/proc/cpuinfo");

  private Machine() {}

  /** Processor, threads and runtime, in one line. */
  static String describe() {
    return "%s, %d threads, ONNX Runtime %s on CPUExecutionProvider"
        .formatted(
            processor().orElse(System.getProperty("os.arch")),
            Runtime.getRuntime().availableProcessors(),
            ModelSession.runtimeVersion());
  }

  private static Optional<String> processor() {
    try (Stream<String> lines = Files.lines(LINUX_CPU)) {
      return lines
          .filter(l -> l.startsWith("model name"))
          .map(l -> l.substring(l.indexOf(':') + 1).strip())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
