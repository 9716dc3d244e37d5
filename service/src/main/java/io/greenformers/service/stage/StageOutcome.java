package io.greenformers.service.stage;

import io.greenformers.protocol.child.ChildMessage;
import io.greenformers.protocol.child.ChildOutcome.Fault;
import io.greenformers.service.artifact.StoredArtifact;
import java.util.Map;

/** How a stage ended. */
public sealed interface StageOutcome {

  /**
   * The stage did its work.
   *
   * @param gatePassed whether every bound of the budget held
   * @param bound the one that did not; else empty
   * @param artifacts what the stage added, already in the store, by logical name
   */
  record Done(boolean gatePassed, String bound, Map<String, StoredArtifact> artifacts)
      implements StageOutcome {
    public Done {
      artifacts = Map.copyOf(artifacts);
    }

    /** For the log, so without the names of files. */
    @Override
    public String toString() {
      return "done, %d artifacts%s"
          .formatted(artifacts.size(), bound.isEmpty() ? "" : ", bound " + bound);
    }
  }

  /** The input cannot be accepted. */
  record Refused(String code, String message) implements StageOutcome {
    /** For the log, so without the message: it quotes models and datasets. */
    @Override
    public String toString() {
      return "refused: " + code;
    }
  }

  /** The child could not do its work. */
  record Failed(Fault fault, String message) implements StageOutcome {
    /** Whether the model is to blame for a child's sudden end. */
    public boolean killedChild() {
      return fault == Fault.CRASHED || fault == Fault.HUNG;
    }

    /** Whether another attempt may go better: not where the same bound would be met again. */
    public boolean isWorthRetrying() {
      return fault != Fault.OUT_OF_MEMORY && fault != Fault.DEADLINE;
    }

    /** For the log, so without the message: it quotes models and datasets. */
    @Override
    public String toString() {
      return "failed: " + fault.code();
    }
  }

  /** The stage was ended because it is not wanted any more, or because the service stops. */
  record Interrupted() implements StageOutcome {}

  /** Follows a stage while it runs. */
  interface Watch {
    /** Follows nothing. */
    Watch NONE = progress -> {};

    /** Called with the child's progress. */
    void progressed(ChildMessage.Progress progress);

    /**
     * Asked once the stage has a child, and every other second from then on, whatever the child
     * says: it may be silent, or this process may have been stopped for longer than its lease.
     *
     * @return whether the stage is still wanted of this attempt; the child is ended when it is not
     */
    default boolean isWanted() {
      return true;
    }
  }
}
