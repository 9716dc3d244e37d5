package io.greenformers.core.linalg;

import java.lang.foreign.MemorySegment;
import org.bytedeco.javacpp.Pointer;

/**
 * Native memory, freed by {@link #close}; any thread may use and close it, one at a time.
 *
 * <p>Not an {@link java.lang.foreign.Arena} that threads share: closing one waits for all threads
 * of the process, and a decomposition closes dozens. Not a {@link Pointer} that frees itself:
 * JavaCPP counts those against a limit that defaults to the heap's, so an 8192 x 8192 matrix could
 * not be decomposed with a heap of 1 GB. Use after close throws {@link IllegalStateException}.
 */
final class NativeMemory implements AutoCloseable {
  private final Pointer block;
  private final MemorySegment segment;
  private boolean open = true;

  private NativeMemory(Pointer block, long bytes) {
    if (block == null || block.isNull()) {
      throw new OutOfMemoryError("no native memory for %,d bytes".formatted(bytes));
    }
    this.block = block;
    this.segment = view(block, bytes);
  }

  /**
   * Memory of zeros.
   *
   * @throws OutOfMemoryError if there is no such block, as below
   */
  static NativeMemory zeros(long bytes) {
    return new NativeMemory(Pointer.calloc(Math.max(1, bytes), 1), bytes);
  }

  /** Memory of whatever it held before, for those who overwrite it. */
  static NativeMemory unset(long bytes) {
    return new NativeMemory(Pointer.malloc(Math.max(1, bytes)), bytes);
  }

  @SuppressWarnings("restricted")
  private static MemorySegment view(Pointer block, long bytes) {
    return MemorySegment.ofAddress(block.address()).reinterpret(bytes);
  }

  /** In native order; valid while this is open. */
  MemorySegment segment() {
    if (!open) {
      throw new IllegalStateException("already closed");
    }
    return segment;
  }

  /** Frees the memory; again does nothing. */
  @Override
  public void close() {
    if (open) {
      open = false;
      Pointer.free(block);
    }
  }
}
