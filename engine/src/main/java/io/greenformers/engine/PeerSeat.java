package io.greenformers.engine;

import io.greenformers.engine.torch.Seat;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The seat that a process was started for, as system properties. */
final class PeerSeat {
  private static final String RANK = "greenformers.engine.peer.rank";
  private static final String SIZE = "greenformers.engine.peer.size";
  private static final String MEETING = "greenformers.engine.peer.meeting";

  private PeerSeat() {}

  /** Options of a JVM that give it a seat. */
  static List<String> options(Seat seat) {
    return List.of(
        "-D" + RANK + "=" + seat.rank(),
        "-D" + SIZE + "=" + seat.size(),
        "-D" + MEETING + "=" + seat.meeting());
  }

  /** The seat of this process; empty where no other one started it. */
  static Optional<Seat> configured() {
    return Optional.ofNullable(System.getProperty(MEETING))
        .map(Path::of)
        .map(meeting -> new Seat(Integer.getInteger(RANK), Integer.getInteger(SIZE), meeting));
  }
}
