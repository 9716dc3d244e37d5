package io.greenformers.protocol.confinement;

import org.jspecify.annotations.Nullable;

/** The kernel's architectures whose system calls are known here. */
enum Architecture {
  X86_64("amd64", 0xC000003E),
  AARCH64("aarch64", 0xC00000B7);

  private final String java;
  private final int audit;

  Architecture(String java, int audit) {
    this.java = java;
    this.audit = audit;
  }

  /** This machine's; null where it is another one, or the system is not Linux. */
  static @Nullable Architecture current() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return null;
    }
    for (Architecture architecture : values()) {
      if (architecture.java.equals(System.getProperty("os.arch"))) {
        return architecture;
      }
    }
    return null;
  }

  /** Its name in a filter: {@code AUDIT_ARCH_*} of {@code linux/audit.h}. */
  int audit() {
    return audit;
  }
}
