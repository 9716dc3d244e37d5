package io.greenformers.service.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import org.junit.jupiter.api.Test;

final class WholeBlocksTest {
  private final byte[] block = new byte[4];

  @Test
  void fillsBlocksFromASenderThatGivesAByteAtATime() throws IOException {
    try (InputStream blocks = new WholeBlocks(dripping(new byte[] {1, 2, 3, 4, 5}))) {
      assertThat(blocks.read(block)).isEqualTo(4);
      assertThat(block).containsExactly(1, 2, 3, 4);
      assertThat(blocks.read(block)).isEqualTo(1);
      assertThat(blocks.read(block)).isNegative();
    }
  }

  @Test
  void whatCameBeforeTheSenderBrokeOffComesFirst() throws IOException {
    InputStream broken =
        new SequenceInputStream(new ByteArrayInputStream(new byte[] {7, 8}), breaking());
    try (InputStream blocks = new WholeBlocks(broken)) {
      assertThat(blocks.read(block)).isEqualTo(2);
      assertThatThrownBy(() -> blocks.read(block)).isInstanceOf(EOFException.class);
    }
  }

  private static InputStream dripping(byte[] bytes) {
    return new ByteArrayInputStream(bytes) {
      @Override
      public synchronized int read(byte[] buffer, int offset, int length) {
        return super.read(buffer, offset, Math.min(1, length));
      }
    };
  }

  private static InputStream breaking() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        throw new EOFException();
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        throw new EOFException();
      }
    };
  }
}
