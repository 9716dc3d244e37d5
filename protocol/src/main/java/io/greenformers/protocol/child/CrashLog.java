package io.greenformers.protocol.child;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/** The file that a JVM leaves when native code crashes it, in one line. */
final class CrashLog {
  static final String NAME = "crash.log";

  /** Its head says everything that is of use here. */
  private static final int HEAD_BYTES = 16_384;

  private static final String FRAME = "# Problematic frame:";

  private CrashLog() {}

  /**
   * What crashed where, for example {@code SIGSEGV (0xb) in C [libonnxruntime.so+0x1c]}; empty
   * where there is no such file.
   */
  static Optional<String> summary(Path directory) {
    Path file = directory.resolve(NAME);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return summary(new String(in.readNBytes(HEAD_BYTES), StandardCharsets.UTF_8));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  static Optional<String> summary(String head) {
    String[] lines = head.split("\n", -1);
    Optional<String> signal = Optional.empty();
    Optional<String> frame = Optional.empty();
    for (int i = 0; i < lines.length; i++) {
      String text = lines[i].replaceFirst("^#\\s*", "").strip();
      if (signal.isEmpty() && text.contains(" at pc=")) {
        signal = Optional.of(text.substring(0, text.indexOf(" at pc=")));
      } else if (signal.isEmpty() && text.startsWith("Internal Error")) {
        signal = Optional.of(text);
      } else if (lines[i].startsWith(FRAME) && i + 1 < lines.length) {
        frame =
            Optional.of(lines[i + 1].replaceFirst("^#\\s*", "").replaceAll("\\s+", " ").strip());
      }
    }
    Optional<String> where = frame;
    return signal.map(s -> s + where.map(f -> " in " + f).orElse(""));
  }
}
