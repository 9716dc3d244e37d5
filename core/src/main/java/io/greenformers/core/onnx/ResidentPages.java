package io.greenformers.core.onnx;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Optional;

/**
 * Gives pages of mapped files back. Pages that were read count as this process's memory until the
 * system needs them for something else, and a bound on that memory counts them too.
 *
 * <p>Only whole pages of read-only mappings of files are given back: they are read from the file
 * again when they are next touched, by whichever thread, so nothing can be lost. Linux only
 * (madvise(2), MADV_DONTNEED); elsewhere nothing happens.
 */
final class ResidentPages {
  private static final int MADV_DONTNEED = 4;

  /** A multiple of every page size of Linux on x86-64 and arm64. */
  private static final long LARGEST_PAGE = 64 << 10;

  private static final Optional<MethodHandle> MADVISE = madvise();

  private ResidentPages() {}

  /** Gives back the whole pages within a segment; one that is no read-only mapping is left. */
  static void release(MemorySegment bytes) {
    if (MADVISE.isEmpty() || !bytes.isMapped() || !bytes.isReadOnly()) {
      return;
    }
    long first = Math.ceilDiv(bytes.address(), LARGEST_PAGE) * LARGEST_PAGE;
    long end = Math.floorDiv(bytes.address() + bytes.byteSize(), LARGEST_PAGE) * LARGEST_PAGE;
    if (first < end) {
      advise(MADVISE.get(), bytes.asSlice(first - bytes.address(), end - first));
    }
  }

  /** Advice that is refused leaves everything as it was. */
  private static void advise(MethodHandle madvise, MemorySegment pages) {
    try {
      int ignored = (int) madvise.invokeExact(pages, pages.byteSize(), MADV_DONTNEED);
    } catch (Throwable e) {
      throw new IllegalStateException("madvise cannot be called", e);
    }
  }

  @SuppressWarnings("restricted") // one function of the C library, with its documented types
  private static Optional<MethodHandle> madvise() {
    if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")) {
      return Optional.empty();
    }
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find("madvise")
        .map(function ->
            linker.downcallHandle(
                function,
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT)));
  }
}
