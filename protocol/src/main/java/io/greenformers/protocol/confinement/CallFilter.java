package io.greenformers.protocol.confinement;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A filter of system calls: those that no engine needs, and sockets of networks, fail with EPERM;
 * see seccomp(2) and {@code linux/filter.h}.
 */
final class CallFilter {
  private static final int SET_MODE_FILTER = 1;

  private static final int LOAD_WORD = 0x20;
  private static final int JUMP_IF_EQUAL = 0x15;
  private static final int JUMP_IF_AT_LEAST = 0x35;
  private static final int RETURN = 0x06;

  private static final int ALLOW = 0x7FFF0000;
  private static final int EPERM = 0x00050000 | 1;

  // members of struct seccomp_data
  private static final int NUMBER = 0;
  private static final int ARCHITECTURE = 4;
  private static final int FIRST_ARGUMENT = 16;

  /** Numbers from here on are those of x32, a second way to every call on x86-64. */
  private static final int X32 = 0x40000000;

  private static final int AF_UNIX = 1;

  private final MemorySegment program;
  private int size;

  private CallFilter(Arena arena) {
    // an instruction has 8 bytes; there are three more groups than calls
    program = arena.allocate(8L * (SystemCall.values().length * 2 + 16), 8);
  }

  /**
   * Puts the filter in force, for this thread and all that it becomes; the thread can't get new
   * privileges.
   *
   * @param network whether sockets of networks are let through
   * @return whether the kernel took it
   */
  static boolean install(SystemCalls system, Arena arena, boolean network) {
    CallFilter filter = new CallFilter(arena);
    filter.write(system.architecture(), network);
    MemorySegment description = arena.allocate(16, 8);
    description.set(ValueLayout.JAVA_SHORT, 0, (short) filter.size);
    description.set(ValueLayout.JAVA_LONG, 8, filter.program.address());
    return system.call(SystemCall.SECCOMP, SET_MODE_FILTER, 0, description.address(), 0) == 0;
  }

  private void write(Architecture architecture, boolean network) {
    add(LOAD_WORD, 0, 0, ARCHITECTURE);
    add(JUMP_IF_EQUAL, 1, 0, architecture.audit());
    add(RETURN, 0, 0, EPERM);
    add(LOAD_WORD, 0, 0, NUMBER);
    add(JUMP_IF_AT_LEAST, 0, 1, X32);
    add(RETURN, 0, 0, EPERM);
    for (SystemCall call : SystemCall.values()) {
      if (call.denied()) {
        add(JUMP_IF_EQUAL, 0, 1, call.number(architecture));
        add(RETURN, 0, 0, EPERM);
      }
    }
    if (!network) {
      add(JUMP_IF_EQUAL, 0, 3, SystemCall.SOCKET.number(architecture));
      add(LOAD_WORD, 0, 0, FIRST_ARGUMENT);
      add(JUMP_IF_EQUAL, 1, 0, AF_UNIX);
      add(RETURN, 0, 0, EPERM);
    }
    add(RETURN, 0, 0, ALLOW);
  }

  /**
   * @param whenTrue instructions to skip
   * @param whenFalse instructions to skip
   */
  private void add(int code, int whenTrue, int whenFalse, int operand) {
    long at = 8L * size++;
    program.set(ValueLayout.JAVA_SHORT, at, (short) code);
    program.set(ValueLayout.JAVA_BYTE, at + 2, (byte) whenTrue);
    program.set(ValueLayout.JAVA_BYTE, at + 3, (byte) whenFalse);
    program.set(ValueLayout.JAVA_INT, at + 4, operand);
  }
}
