package io.greenformers.protocol.child;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads lines of which none takes more memory than the limit. */
final class BoundedLines {
  private final InputStream in;
  private final int maxBytes;

  BoundedLines(InputStream in, int maxBytes) {
    this.in = new BufferedInputStream(in, 1 << 16);
    this.maxBytes = maxBytes;
  }

  /**
   * The next line, or what fits of it.
   *
   * @param overlong whether the line was longer, and was cut
   */
  record Line(String text, boolean overlong) {}

  /** The next line; empty at the end. The rest of an overlong line is read and dropped. */
  Optional<Line> next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    boolean overlong = false;
    int b;
    while ((b = in.read()) >= 0 && b != '\n') {
      if (line.size() < maxBytes) {
        line.write(b);
      } else {
        overlong = true;
      }
    }
    return b < 0 && line.size() == 0
        ? Optional.empty()
        : Optional.of(new Line(line.toString(StandardCharsets.UTF_8), overlong));
  }

  /** The next line as a message would be; nothing more is read of one that is too long. */
  Optional<Line> nextOrOverlong() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int b;
    while ((b = in.read()) >= 0 && b != '\n') {
      if (line.size() == maxBytes) {
        return Optional.of(new Line(line.toString(StandardCharsets.UTF_8), true));
      }
      line.write(b);
    }
    return b < 0 && line.size() == 0
        ? Optional.empty()
        : Optional.of(new Line(line.toString(StandardCharsets.UTF_8), false));
  }
}
