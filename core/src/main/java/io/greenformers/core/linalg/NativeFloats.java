package io.greenformers.core.linalg;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.bytedeco.openblas.global.openblas.cblas_sdot;

import java.lang.foreign.MemorySegment;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** Native memory for floats, freed by {@link #close}; see {@link NativeMemory}. */
final class NativeFloats implements AutoCloseable {
  private static final int ENERGY_CHUNK = 4096;

  private final NativeMemory memory;

  private NativeFloats(NativeMemory memory) {
    this.memory = memory;
  }

  static NativeFloats zeros(long size) {
    return new NativeFloats(NativeMemory.zeros(Math.multiplyExact(size, Float.BYTES)));
  }

  /** To be overwritten: see {@link NativeMemory#unset}. */
  static NativeFloats unset(long size) {
    return new NativeFloats(NativeMemory.unset(Math.multiplyExact(size, Float.BYTES)));
  }

  /** In native order; valid while this is open. */
  MemorySegment memory() {
    return memory.segment();
  }

  /** Σx² over the first floats: in fp32 over a few thousand, these in fp64. */
  double energy(int count) {
    double energy = 0;
    for (int i = 0; i < count; i += ENERGY_CHUNK) {
      FloatPointer chunk = pointer(i);
      energy += cblas_sdot(Math.min(ENERGY_CHUNK, count - i), chunk, 1, chunk, 1);
    }
    return energy;
  }

  float get(long index) {
    return memory.segment().getAtIndex(JAVA_FLOAT, index);
  }

  void read(long index, float[] to, int at, int count) {
    MemorySegment.copy(memory.segment(), JAVA_FLOAT, index * Float.BYTES, to, at, count);
  }

  void write(long index, float[] from, int at, int count) {
    MemorySegment.copy(from, at, memory.segment(), JAVA_FLOAT, index * Float.BYTES, count);
  }

  /** To the float at an index; valid while this is open. */
  FloatPointer pointer(long index) {
    return new Address(memory.segment().asSlice(index * Float.BYTES).address());
  }

  /** Frees the memory; again does nothing. */
  @Override
  public void close() {
    memory.close();
  }

  /** Owns nothing. */
  private static final class Address extends FloatPointer {
    private static final @Nullable Pointer NONE = null;

    @SuppressWarnings("NullAway") // the constructor of JavaCPP that allocates nothing
    Address(long address) {
      super(NONE);
      this.address = address;
    }
  }
}
