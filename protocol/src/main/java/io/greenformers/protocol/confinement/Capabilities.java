package io.greenformers.protocol.confinement;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What makes root more than another user; see capabilities(7). With them root would read other
 * processes' memory in spite of Landlock.
 */
final class Capabilities {
  private static final int VERSION_3 = 0x20080522;

  /**
   * CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: of the files that it may reach, root's user sees all.
   */
  private static final int OF_FILES = 1 << 1 | 1 << 2;

  private static final int MEMBERS = 3;
  private static final int EFFECTIVE = 0;
  private static final int PERMITTED = 1;

  private Capabilities() {}

  /** Gives up all but {@link #OF_FILES}; without new privileges they don't come back. */
  static void drop(SystemCalls system, Arena arena) {
    MemorySegment header = arena.allocate(8, 4);
    header.set(ValueLayout.JAVA_INT, 0, VERSION_3);
    // two words for each member: the first 32 capabilities, then the others
    MemorySegment members = arena.allocate(4L * MEMBERS * 2, 4);
    system.call(SystemCall.CAPGET, header.address(), members.address(), 0, 0);
    int kept = members.getAtIndex(ValueLayout.JAVA_INT, PERMITTED) & OF_FILES;
    members.fill((byte) 0);
    members.setAtIndex(ValueLayout.JAVA_INT, EFFECTIVE, kept);
    members.setAtIndex(ValueLayout.JAVA_INT, PERMITTED, kept);
    long result = system.call(SystemCall.CAPSET, header.address(), members.address(), 0, 0);
    if (result != 0) {
      throw new IllegalStateException("capset: error " + -result);
    }
  }
}
