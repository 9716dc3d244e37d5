package io.greenformers.core.linalg;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Row-major little-endian floats, in a file, an array or native memory. */
record FloatRows(int rows, int columns, MemorySegment floats) implements Matrix {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public double get(int row, int column) {
    return floats.getAtIndex(FLOAT, (long) row * columns + column);
  }

  @Override
  public void copy(int row, int column, int count, float[] to, int index) {
    long from = ((long) row * columns + column) * Float.BYTES;
    MemorySegment.copy(floats, FLOAT, from, to, index, count);
  }
}
