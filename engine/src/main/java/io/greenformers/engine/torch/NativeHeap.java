package io.greenformers.engine.torch;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The process's {@code malloc}, where it is glibc's.
 *
 * <p>By default it returns every large block to the system as soon as it is freed, so that each
 * step of training waits for the same pages to be zeroed again: half of its time. What is freed is
 * kept for the next step instead; the resident size stays at its peak.
 */
final class NativeHeap {
  /** {@code M_TRIM_THRESHOLD} and {@code M_MMAP_THRESHOLD} of {@code malloc.h}. */
  private static final int TRIM_THRESHOLD = -1;

  private static final int MMAP_THRESHOLD = -3;

  /** Larger blocks are rare, and returned to the system still. */
  private static final int LARGE_BYTES = 1 << 30;

  private NativeHeap() {}

  /** Keeps freed memory from now on. Does nothing where there is no {@code mallopt}. */
  static void keepFreedMemory() {
    Linker linker = Linker.nativeLinker();
    linker.defaultLookup().find("mallopt").ifPresent(address -> configure(linker, address));
  }

  @SuppressWarnings("restricted")
  private static void configure(Linker linker, MemorySegment address) {
    FunctionDescriptor type =
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    MethodHandle mallopt = linker.downcallHandle(address, type);
    try {
      // another malloc may know neither threshold, and says so by 0: it is only slower then
      int _ = (int) mallopt.invokeExact(MMAP_THRESHOLD, LARGE_BYTES);
      int _ = (int) mallopt.invokeExact(TRIM_THRESHOLD, Integer.MAX_VALUE);
    } catch (Error | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
