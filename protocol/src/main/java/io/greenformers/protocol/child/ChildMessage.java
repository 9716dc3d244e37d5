package io.greenformers.protocol.child;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Objects;

/**
 * One line of a child's standard output.
 *
 * <p>A child sends {@link Heartbeat}s and {@link Progress} while it works, and ends with exactly
 * one of {@link Result}, {@link Refused}, {@link Failed} or {@link Cancelled}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ChildMessage.Heartbeat.class, name = "heartbeat"),
  @JsonSubTypes.Type(value = ChildMessage.Progress.class, name = "progress"),
  @JsonSubTypes.Type(value = ChildMessage.Result.class, name = "result"),
  @JsonSubTypes.Type(value = ChildMessage.Refused.class, name = "refused"),
  @JsonSubTypes.Type(value = ChildMessage.Failed.class, name = "failed"),
  @JsonSubTypes.Type(value = ChildMessage.Cancelled.class, name = "cancelled"),
})
public sealed interface ChildMessage {

  /** The child is alive. Sent every two seconds, whatever else it does. */
  record Heartbeat() implements ChildMessage {}

  /**
   * How far the stage is.
   *
   * @param fraction of the stage, from 0 to 1
   * @param activity what is being done, for people: {@code "factorizing /encoder/0/fc1"}
   */
  record Progress(double fraction, String activity) implements ChildMessage {
    public Progress {
      if (!(fraction >= 0 && fraction <= 1)) {
        throw new IllegalArgumentException("fraction: expected 0 to 1, found " + fraction);
      }
      Objects.requireNonNull(activity, "activity");
    }
  }

  /**
   * The stage is done.
   *
   * @param gatePassed whether every bound of the budget held; true for stages that measure none
   * @param bound the name of the bound that did not hold, for example {@code sizeRatio}; else empty
   * @param artifacts logical names of the files written below the output directory
   */
  record Result(boolean gatePassed, String bound, List<String> artifacts) implements ChildMessage {
    public Result {
      Objects.requireNonNull(bound, "bound");
      artifacts = List.copyOf(artifacts);
    }
  }

  /**
   * The model or another input cannot be accepted; trying again will not help.
   *
   * @param code stable and machine-readable: {@code model-cycle}, {@code model-unknown-operator}, …
   * @param message what, where, expected, found, and what to do
   */
  record Refused(String code, String message) implements ChildMessage {
    public Refused {
      Objects.requireNonNull(code, "code");
      Objects.requireNonNull(message, "message");
    }
  }

  /**
   * The child could not do its work for a reason that is not the input's fault.
   *
   * @param code {@code internal}, {@code out-of-memory}, {@code disk-full}
   */
  record Failed(String code, String message) implements ChildMessage {
    public Failed {
      Objects.requireNonNull(code, "code");
      Objects.requireNonNull(message, "message");
    }
  }

  /** The child was asked to stop, and did. */
  record Cancelled() implements ChildMessage {}
}
