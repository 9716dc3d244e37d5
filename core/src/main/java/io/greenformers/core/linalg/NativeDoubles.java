package io.greenformers.core.linalg;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;

import java.lang.foreign.MemorySegment;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Zeroed native memory for doubles, freed by {@link #close}; see {@link NativeMemory}. */
final class NativeDoubles implements AutoCloseable {
  private final NativeMemory memory;

  NativeDoubles(long size) {
    memory = NativeMemory.zeros(Math.multiplyExact(size, Double.BYTES));
  }

  double get(long index) {
    return memory.segment().getAtIndex(JAVA_DOUBLE, index);
  }

  void set(long index, double value) {
    memory.segment().setAtIndex(JAVA_DOUBLE, index, value);
  }

  /** Copies doubles from an index on. */
  void read(long index, double[] to, int at, int count) {
    MemorySegment.copy(memory.segment(), JAVA_DOUBLE, index * Double.BYTES, to, at, count);
  }

  /** Overwrites the doubles from an index on by the first ones of an array. */
  void write(long index, double[] from, int count) {
    MemorySegment.copy(from, 0, memory.segment(), JAVA_DOUBLE, index * Double.BYTES, count);
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
        source.memory.segment(),
        from * Double.BYTES,
        memory.segment(),
        to * Double.BYTES,
        count * Double.BYTES);
  }

  /** For OpenBLAS; valid while this is open. */
  DoublePointer pointer() {
    return pointer(0);
  }

  /** To the double at an index. */
  DoublePointer pointer(long index) {
    return new Address(memory.segment().asSlice(index * Double.BYTES).address());
  }

  /** Frees the memory; again does nothing. */
  @Override
  public void close() {
    memory.close();
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
