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
   * A part of the first axis, in the same memory.
   *
   * @param from the first row
   * @param to after the last
   */
  public Tensor rows(int from, int to) {
    long rows = shape.getFirst();
    int rowBytes = Math.toIntExact(bytes.remaining() / rows);
    List<Long> part = new ArrayList<>(shape);
    part.set(0, (long) to - from);
    ByteBuffer slice = bytes.slice(bytes.position() + from * rowBytes, (to - from) * rowBytes);
    return new Tensor(type, part, slice.order(bytes.order()));
  }

  /** The same elements in memory of their own. */
  public Tensor copy() {
    ByteBuffer source = bytes.duplicate();
    ByteBuffer copy = ByteBuffer.allocateDirect(source.remaining()).order(ByteOrder.nativeOrder());
    return new Tensor(type, shape, copy.put(source).flip());
  }
}
