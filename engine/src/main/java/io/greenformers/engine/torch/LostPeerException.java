package io.greenformers.engine.torch;

import io.greenformers.engine.EngineException;

/** Another process of a group has ended, or cannot be reached. */
public final class LostPeerException extends EngineException {
  private static final long serialVersionUID = 1;

  LostPeerException(Seat seat, RuntimeException cause) {
    super(
        "process %d of %d: expected the others to go on, found that one is gone (%s)"
            .formatted(seat.rank() + 1, seat.size(), cause.getMessage()),
        cause);
  }

  LostPeerException(String who, RuntimeException cause) {
    super("expected to hear of %s, found nothing (%s)".formatted(who, cause.getMessage()), cause);
  }
}
