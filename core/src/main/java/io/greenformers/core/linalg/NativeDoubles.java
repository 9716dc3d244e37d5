package io.greenformers.core.linalg;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Zeroed native memory for doubles, freed by {@link #close}.
 *
 * <p>Not a {@link DoublePointer} of its own: JavaCPP counts those against a limit that defaults to
 * the heap's, so an 8192 x 8192 matrix could not be decomposed with a heap of 1 GB. Reading after
 * close throws {@link IllegalStateException}.
 */
final class NativeDoubles implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;

  NativeDoubles(long size) {
    try {
      memory = arena.allocate(JAVA_DOUBLE, size);
    } catch (Throwable e) {
      arena.close();
      throw e;
    }
  }

  double get(long index) {
    return memory.getAtIndex(JAVA_DOUBLE, index);
  }

  void set(long index, double value) {
    memory.setAtIndex(JAVA_DOUBLE, index, value);
  }

  /** Copies doubles from an index on. */
  void read(long index, double[] to, int at, int count) {
    MemorySegment.copy(memory, JAVA_DOUBLE, index * Double.BYTES, to, at, count);
  }

  /** Overwrites the doubles from an index on by the first ones of an array. */
  void write(long index, double[] from, int count) {
    MemorySegment.copy(from, 0, memory, JAVA_DOUBLE, index * Double.BYTES, count);
  }

  /** Adds to the doubles from an index. */
  void add(long index, float[] values) {
    for (int i = 0; i < values.length; i++) {
      set(index + i, get(index + i) + values[i]);
    }
  }

  /** Copies {@code count} doubles of another memory, from an index there to one here. */
  void copyFrom(NativeDoubles source, long from, long to, long count) {
    MemorySegment.copy(
        source.memory, from * Double.BYTES, memory, to * Double.BYTES, count * Double.BYTES);
  }

  /** For OpenBLAS; valid while this is open. */
  DoublePointer pointer() {
    return pointer(0);
  }

  /** To the double at an index. */
  DoublePointer pointer(long index) {
    return new Address(memory.asSlice(index * Double.BYTES).address());
  }

  /** Frees the memory; again does nothing. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }

  /** Owns nothing. */
  private static final class Address extends DoublePointer {
    private static final @Nullable Pointer NONE = null;

    @SuppressWarnings("NullAway") // the constructor of JavaCPP that allocates nothing
    Address(long address) {
      super(NONE);
      this.address = address;
    }
  }
}
