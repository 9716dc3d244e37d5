package io.greenformers.core.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Reads and writes floating elements of any width, little-endian, rounding to nearest even; writes
 * int8 as well.
 */
final class FloatCodec {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private FloatCodec() {}

  static double get(MemorySegment bytes, DataType type, long index) {
    return switch (type) {
      case FLOAT -> bytes.getAtIndex(FLOAT, index);
      case DOUBLE -> bytes.getAtIndex(DOUBLE, index);
      case FLOAT16 -> Float.float16ToFloat(bytes.getAtIndex(SHORT, index));
      case BFLOAT16 -> Float.intBitsToFloat(bytes.getAtIndex(SHORT, index) << 16);
      default -> throw new IllegalArgumentException("not a floating type: " + type);
    };
  }

  static void put(MemorySegment bytes, DataType type, long index, double value) {
    switch (type) {
      case FLOAT -> bytes.setAtIndex(FLOAT, index, (float) value);
      case DOUBLE -> bytes.setAtIndex(DOUBLE, index, value);
      case FLOAT16 -> bytes.setAtIndex(SHORT, index, Float.floatToFloat16((float) value));
      case BFLOAT16 -> bytes.setAtIndex(SHORT, index, bfloat16((float) value));
      case INT8, UINT8 -> bytes.set(ValueLayout.JAVA_BYTE, index, (byte) value);
      default -> throw new IllegalArgumentException("not a floating type: " + type);
    }
  }

  /** Writes the first {@code count} values to the start of the bytes. */
  static void put(MemorySegment bytes, DataType type, float[] values, int count) {
    if (type == DataType.FLOAT) {
      MemorySegment.copy(values, 0, bytes, FLOAT, 0, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      put(bytes, type, i, values[i]);
    }
  }

  /** Reads {@code count} elements from {@code first} on, rounded to fp32. */
  static void get(MemorySegment bytes, DataType type, long first, int count, float[] to, int at) {
    if (type == DataType.FLOAT) {
      MemorySegment.copy(bytes, FLOAT, first * Float.BYTES, to, at, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      to[at + i] = (float) get(bytes, type, first + i);
    }
  }

  /** Reads {@code count} elements from {@code first} on. */
  static void get(MemorySegment bytes, DataType type, long first, int count, double[] to, int at) {
    if (type == DataType.DOUBLE) {
      MemorySegment.copy(bytes, DOUBLE, first * Double.BYTES, to, at, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      to[at + i] = get(bytes, type, first + i);
    }
  }

  private static short bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    int halfWay = 0x7fff + ((bits >>> 16) & 1);
    return (short) ((bits + halfWay) >>> 16);
  }
}
