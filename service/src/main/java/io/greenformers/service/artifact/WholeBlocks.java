package io.greenformers.service.artifact;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a sender, of which as many are waited for as were asked for: a server gives a few
 * kilobytes at a time. Where the sender breaks off, what came before is given first.
 */
public final class WholeBlocks extends FilterInputStream {
  /** Bytes that are worth a change of the thread. */
  public static final int BLOCK = 1 << 18;

  private @Nullable IOException end;

  public WholeBlocks(InputStream bytes) {
    super(bytes);
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (end != null) {
      throw end;
    }
    int count = 0;
    try {
      for (int n = 0; n >= 0 && count < length; count += Math.max(0, n)) {
        n = in.read(buffer, offset + count, length - count);
      }
    } catch (IOException e) {
      if (count == 0) {
        throw e;
      }
      end = e;
    }
    return count == 0 ? -1 : count;
  }
}
