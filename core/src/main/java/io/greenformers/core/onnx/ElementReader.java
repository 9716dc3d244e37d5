package io.greenformers.core.onnx;

import java.lang.foreign.MemorySegment;

/** The elements of a floating tensor, where its bytes lie. Safe for several threads at once. */
public final class ElementReader {
  private final MemorySegment bytes;
  private final DataType type;

  ElementReader(MemorySegment bytes, DataType type) {
    this.bytes = bytes;
    this.type = type;
  }

  /** The element type. */
  public DataType type() {
    return type;
  }

  /** The element at a row-major index. */
  public double get(long index) {
    return FloatCodec.get(bytes, type, index);
  }

  /** Copies {@code count} elements from {@code first} on to an array, rounded to fp32. */
  public void copy(long first, int count, float[] to, int at) {
    FloatCodec.get(bytes, type, first, count, to, at);
  }

  /** Copies {@code count} elements from {@code first} on to an array. */
  public void copy(long first, int count, double[] to, int at) {
    FloatCodec.get(bytes, type, first, count, to, at);
  }
}
