package io.greenformers.engine.data;

import io.greenformers.engine.runtime.ElementType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A tensor in a mapped file, little-endian and row-major.
 *
 * @param shape at least one axis; the first one counts rows
 * @param bytes exactly the elements
 */
record StoredTensor(ElementType type, List<Long> shape, MemorySegment bytes) {
  private static final int MOST_AXES = 16;

  StoredTensor {
    shape = List.copyOf(shape);
  }

  /**
   * Checks a shape that a file states.
   *
   * @return bytes of all elements; empty where the shape is none, or its size no number of 63 bits
   */
  static Optional<Long> bytes(ElementType type, List<Long> shape) {
    if (shape.size() > MOST_AXES || shape.stream().anyMatch(size -> size < 0)) {
      return Optional.empty();
    }
    try {
      return Optional.of(shape.stream().reduce((long) type.bytes(), Math::multiplyExact));
    } catch (ArithmeticException e) {
      return Optional.empty();
    }
  }

  /** As numpy ({@code f4}) and safetensors ({@code F32}) name types. */
  static Optional<ElementType> type(String name) {
    return Optional.ofNullable(
        switch (name.toLowerCase(Locale.ROOT)) {
          case "f4", "f32" -> ElementType.FLOAT;
          case "f8", "f64" -> ElementType.DOUBLE;
          case "f2", "f16" -> ElementType.FLOAT16;
          case "bf16" -> ElementType.BFLOAT16;
          case "i1" -> ElementType.INT8;
          case "u1", "u8" -> ElementType.UINT8;
          case "i2", "i16" -> ElementType.INT16;
          case "i4", "i32" -> ElementType.INT32;
          case "i8", "i64" -> ElementType.INT64;
          case "b1", "bool" -> ElementType.BOOL;
          default -> null;
        });
  }

  long rows() {
    return shape.getFirst();
  }

  int elementsPerRow() {
    return Math.toIntExact(shape.subList(1, shape.size()).stream().reduce(1L, Math::multiplyExact));
  }

  /** The elements of a row, in little-endian order; not a copy. */
  ByteBuffer row(long row) {
    long length = (long) elementsPerRow() * type.bytes();
    return bytes.asSlice(row * length, length).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }
}
