package io.greenformers.protocol.confinement;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Calls Linux by number, through libc's {@code syscall}; see syscall(2). */
@SuppressWarnings("restricted")
final class SystemCalls {
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private final Architecture architecture;
  private final MethodHandle syscall;

  /** The only member of the captured state is {@code errno}. */
  private final MemorySegment errno;

  SystemCalls(Architecture architecture, Arena arena) {
    this.architecture = architecture;
    Linker linker = Linker.nativeLinker();
    this.syscall =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("syscall"),
            FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG),
            Linker.Option.captureCallState("errno"),
            Linker.Option.firstVariadicArg(1));
    this.errno = arena.allocate(Linker.Option.captureStateLayout());
  }

  Architecture architecture() {
    return architecture;
  }

  /** The call's result, or minus {@code errno}; a fifth argument is zero, as prctl(2) wants. */
  long call(SystemCall call, long a, long b, long c, long d) {
    long result;
    try {
      result = (long) syscall.invokeExact(errno, (long) call.number(architecture), a, b, c, d, 0L);
    } catch (Error | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    return result == -1 ? -errno.get(ValueLayout.JAVA_INT, 0) : result;
  }
}
