package io.greenformers.engine.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Where a file stops being UTF-8. A reader decodes ahead of what it returns, and cannot tell once
 * it has failed.
 */
final class Utf8Fault {
  private static final int CHUNK = 1 << 16;

  private Utf8Fault() {}

  /** The line of the first bytes that are no UTF-8, from 1; the last where there are none. */
  static long line(Path file) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK);
    CharBuffer chars = CharBuffer.allocate(CHUNK);
    long line = 1;
    try (FileChannel channel = FileChannel.open(file)) {
      boolean end = false;
      while (!end) {
        end = channel.read(bytes) < 0;
        CoderResult result = decoder.decode(bytes.flip(), chars, end);
        line += chars.flip().chars().filter(c -> c == '\n').count();
        if (result.isError()) {
          return line;
        }
        bytes.compact();
        chars.clear();
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
