package io.greenformers.core.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
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

  static void put(ByteBuffer out, DataType type, double value) {
    switch (type) {
      case FLOAT -> out.putFloat((float) value);
      case DOUBLE -> out.putDouble(value);
      case FLOAT16 -> out.putShort(Float.floatToFloat16((float) value));
      case BFLOAT16 -> out.putShort(bfloat16((float) value));
      case INT8 -> out.put((byte) value);
      default -> throw new IllegalArgumentException("not a floating type: " + type);
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
