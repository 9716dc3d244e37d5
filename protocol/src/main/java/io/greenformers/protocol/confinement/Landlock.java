package io.greenformers.protocol.confinement;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which files the process may reach, and whether it may use TCP; see landlock(7). Rights go down
 * with every version of the interface: what an older kernel does not know it does not restrict.
 */
final class Landlock {
  /** The first argument's meaning: only tell the version. */
  private static final int VERSION = 1;

  private static final int PATH_BENEATH = 1;

  private static final int AT_FDCWD = -100;
  private static final int O_PATH_CLOEXEC = 0x200000 | 0x80000;

  private static final long EXECUTE = 1;
  private static final long WRITE_FILE = 1 << 1;
  private static final long READ_FILE = 1 << 2;
  private static final long READ_DIR = 1 << 3;
  private static final long TRUNCATE = 1 << 14;

  /** Reading files and directories, and running what is read. */
  static final long READ = EXECUTE | READ_FILE | READ_DIR;

  /** All but sockets, devices and pipes, which bits 6, 9, 10 and 11 would let be made. */
  static final long WRITE =
      READ | WRITE_FILE | 0x30 | 1 << 7 | 1 << 8 | 1 << 12 | 1 << 13 | TRUNCATE;

  private static final long OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE;

  private final SystemCalls system;
  private final Arena arena;
  private final int version;
  private final long handled;

  /** Asks the kernel for the version that it has. */
  Landlock(SystemCalls system, Arena arena) {
    this.system = system;
    this.arena = arena;
    this.version = (int) system.call(SystemCall.LANDLOCK_CREATE_RULESET, 0, 0, VERSION, 0);
    // the newest right, on ioctl of devices, is left to all: GPUs are driven by it
    this.handled = version == 1 ? (1 << 13) - 1 : version == 2 ? (1 << 14) - 1 : (1 << 15) - 1;
  }

  /** Of the interface; none, or less, where the kernel has no Landlock or it is switched off. */
  int version() {
    return version;
  }

  /** An empty set of rules: everything that the kernel knows is forbidden. */
  int ruleset(boolean network) {
    MemorySegment attributes = arena.allocate(24);
    attributes.set(ValueLayout.JAVA_LONG, 0, handled);
    // TCP: bind and connect
    attributes.set(ValueLayout.JAVA_LONG, 8, network ? 0 : 0b11);
    // what belongs to processes outside: abstract sockets, signals
    attributes.set(ValueLayout.JAVA_LONG, 16, 0b11);
    int size = version < 4 ? 8 : version < 6 ? 16 : 24;
    return checked(
        system.call(SystemCall.LANDLOCK_CREATE_RULESET, attributes.address(), size, 0, 0),
        "landlock_create_ruleset");
  }

  /** Allows something below a file or directory; does nothing where there is none. */
  void allow(int ruleset, String path, long rights) {
    long file =
        system.call(
            SystemCall.OPENAT, AT_FDCWD, arena.allocateFrom(path).address(), O_PATH_CLOEXEC, 0);
    if (file < 0) {
      return;
    }
    long known = rights & handled & (Files.isDirectory(Path.of(path)) ? -1L : OF_FILES);
    MemorySegment beneath = arena.allocate(12);
    beneath.set(ValueLayout.JAVA_LONG, 0, known);
    beneath.set(ValueLayout.JAVA_INT, 8, (int) file);
    checked(
        system.call(SystemCall.LANDLOCK_ADD_RULE, ruleset, PATH_BENEATH, beneath.address(), 0),
        "landlock_add_rule for " + path);
  }

  /** Puts the rules in force, for this thread and all that it becomes. */
  void restrict(int ruleset) {
    checked(
        system.call(SystemCall.LANDLOCK_RESTRICT_SELF, ruleset, 0, 0, 0), "landlock_restrict_self");
  }

  private static int checked(long result, String call) {
    if (result < 0) {
      throw new IllegalStateException(call + ": error " + -result);
    }
    return (int) result;
  }
}
