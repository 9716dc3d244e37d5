package io.greenformers.protocol.confinement;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Limits of resources, by their numbers in setrlimit(2). */
enum Limit {
  /** Processor time of a process, in seconds. */
  CPU_SECONDS(0),
  /** The size of a file that is written, in bytes. */
  FILE_BYTES(1),
  /** Memory of a process that is no file's, in bytes. */
  MEMORY_BYTES(2),
  /** The size of a memory dump, which would hold the user's model, in bytes. */
  CORE_BYTES(4),
  /** Processes and threads of the user, in all. */
  PROCESSES(6);

  private final int number;

  Limit(int number) {
    this.number = number;
  }

  /** Sets it for this process. What was less already can't be raised without a privilege: stays. */
  void set(SystemCalls system, Arena arena, long most) {
    MemorySegment both = arena.allocate(16, 8);
    both.set(ValueLayout.JAVA_LONG, 0, most);
    both.set(ValueLayout.JAVA_LONG, 8, most);
    system.call(SystemCall.SETRLIMIT, number, both.address(), 0, 0);
  }
}
