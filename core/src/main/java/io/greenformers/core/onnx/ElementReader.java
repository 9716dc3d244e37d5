package io.greenformers.core.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

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

  /**
   * Copies {@code count} elements from {@code first} on to native memory, rounded to fp32.
   *
   * @param to floats in native order
   * @param index of the first float to overwrite
   */
  public void copy(long first, int count, MemorySegment to, long index) {
    if (type == DataType.FLOAT && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
      long length = (long) count * Float.BYTES;
      MemorySegment.copy(bytes, first * Float.BYTES, to, index * Float.BYTES, length);
      return;
    }
    float[] values = new float[count];
    copy(first, count, values, 0);
    MemorySegment.copy(values, 0, to, ValueLayout.JAVA_FLOAT, index * Float.BYTES, count);
  }

  /** Copies {@code count} elements from {@code first} on to an array. */
  public void copy(long first, int count, double[] to, int at) {
    FloatCodec.get(bytes, type, first, count, to, at);
  }
}
