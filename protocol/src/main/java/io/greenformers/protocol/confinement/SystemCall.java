package io.greenformers.protocol.confinement;

/** System calls by their numbers, from {@code asm/unistd.h} of each architecture. */
enum SystemCall {
  // what the launcher calls
  OPENAT(257, 56),
  PRCTL(157, 167),
  CAPGET(125, 90),
  CAPSET(126, 91),
  SETRLIMIT(160, 164),
  EXECVE(59, 221),
  SECCOMP(317, 277),
  CLOSE_RANGE(436, 436),
  LANDLOCK_CREATE_RULESET(444, 444),
  LANDLOCK_ADD_RULE(445, 445),
  LANDLOCK_RESTRICT_SELF(446, 446),

  // what the filter looks at
  SOCKET(41, 198),

  // what no engine needs: other processes' memory
  PTRACE(101, 117, true),
  PROCESS_VM_READV(310, 270, true),
  PROCESS_VM_WRITEV(311, 271, true),
  KCMP(312, 272, true),
  // another view of the file system, and namespaces
  MOUNT(165, 40, true),
  UMOUNT2(166, 39, true),
  PIVOT_ROOT(155, 41, true),
  CHROOT(161, 51, true),
  OPEN_TREE(428, 428, true),
  MOVE_MOUNT(429, 429, true),
  FSOPEN(430, 430, true),
  MOUNT_SETATTR(442, 442, true),
  OPEN_BY_HANDLE_AT(304, 265, true),
  UNSHARE(272, 97, true),
  SETNS(308, 268, true),
  // the kernel's programs, modules and keys
  BPF(321, 280, true),
  PERF_EVENT_OPEN(298, 241, true),
  USERFAULTFD(323, 282, true),
  ADD_KEY(248, 217, true),
  REQUEST_KEY(249, 218, true),
  KEYCTL(250, 219, true),
  INIT_MODULE(175, 105, true),
  FINIT_MODULE(313, 273, true),
  DELETE_MODULE(176, 106, true),
  KEXEC_LOAD(246, 104, true),
  KEXEC_FILE_LOAD(320, 294, true),
  REBOOT(169, 142, true),
  SWAPON(167, 224, true),
  SWAPOFF(168, 225, true),
  // requests in shared memory, which no filter sees
  IO_URING_SETUP(425, 425, true),
  IO_URING_ENTER(426, 426, true),
  IO_URING_REGISTER(427, 427, true);

  private final int onX86;
  private final int onArm;
  private final boolean denied;

  SystemCall(int onX86, int onArm) {
    this(onX86, onArm, false);
  }

  SystemCall(int onX86, int onArm, boolean denied) {
    this.onX86 = onX86;
    this.onArm = onArm;
    this.denied = denied;
  }

  int number(Architecture architecture) {
    return architecture == Architecture.X86_64 ? onX86 : onArm;
  }

  /** Whether a confined process may not call it. */
  boolean denied() {
    return denied;
  }
}
