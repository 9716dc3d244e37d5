package io.greenformers.engine.runtime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A dense tensor outside of any session.
 *
 * @param type of the elements
 * @param shape sizes of the dimensions; empty for a scalar
 * @param bytes the elements, row-major, in the machine's byte order; a direct buffer
 */
public record Tensor(ElementType type, List<Long> shape, ByteBuffer bytes) {
  public Tensor {
    shape = List.copyOf(shape);
    long expected = shape.stream().reduce(1L, Math::multiplyExact) * type.bytes();
    if (bytes.remaining() != expected) {
      throw new IllegalArgumentException(
          "expected %d bytes for %s of shape %s, found %d"
              .formatted(expected, type, shape, bytes.remaining()));
    }
  }

  /** How many elements there are. */
  public int elements() {
    return bytes.remaining() / type.bytes();
  }

  /** An element as a double, whatever its type. */
  public double get(int index) {
    return type.get(bytes, index);
  }

  /**
   * Some rows of the first axis, in the same memory.
   *
   * @param from the first one
   * @param to after the last one
   */
  public Tensor rows(int from, int to) {
    List<Long> part = new ArrayList<>(shape);
    part.set(0, (long) to - from);
    int row = Math.toIntExact(bytes.remaining() / shape.getFirst());
    ByteBuffer some = bytes.slice(bytes.position() + from * row, (to - from) * row);
    return new Tensor(type, part, some.order(bytes.order()));
  }

  /** The same elements in memory of their own. */
  public Tensor copy() {
    ByteBuffer source = bytes.duplicate();
    ByteBuffer copy = ByteBuffer.allocateDirect(source.remaining()).order(ByteOrder.nativeOrder());
    return new Tensor(type, shape, copy.put(source).flip());
  }
}
