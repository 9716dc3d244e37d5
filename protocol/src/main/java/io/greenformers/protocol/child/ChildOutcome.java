package io.greenformers.protocol.child;

import java.util.List;

/** How a child ended, as its parent sees it: what it said, or what its exit gave away. */
public sealed interface ChildOutcome {

  /** See {@link ChildMessage.Result}. */
  record Done(boolean gatePassed, String bound, List<String> artifacts) implements ChildOutcome {
    public Done {
      artifacts = List.copyOf(artifacts);
    }
  }

  /** See {@link ChildMessage.Refused}. */
  record Refused(String code, String message) implements ChildOutcome {}

  /**
   * The stage failed.
   *
   * @param fault what kind of failure it was
   * @param message what happened and what to do
   */
  record Failed(Fault fault, String message) implements ChildOutcome {}

  /** Ended because its parent asked it to. */
  record Cancelled() implements ChildOutcome {}

  /** Why a child failed. */
  enum Fault {
    /**
     * The JVM ended before the child said anything: a broken installation, not the model's fault.
     */
    NOT_STARTED("not-started"),
    /** Ended without a final message: native crash or killed from outside. */
    CRASHED("crashed"),
    OUT_OF_MEMORY("out-of-memory"),
    /** No line, not even a heartbeat, for longer than the limit. */
    HUNG("hung"),
    DEADLINE("deadline"),
    /**
     * Broke the protocol: an overlong line, a second final message, artifacts that are not there.
     */
    PROTOCOL("protocol"),
    DISK_FULL("disk-full"),
    INTERNAL("internal");

    private final String code;

    Fault(String code) {
      this.code = code;
    }

    /** Stable and machine-readable. */
    public String code() {
      return code;
    }
  }
}
