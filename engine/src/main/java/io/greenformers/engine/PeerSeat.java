package io.greenformers.engine;

import io.greenformers.engine.torch.Meeting;
import io.greenformers.engine.torch.Seat;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The seat that a process was started for, as system properties. */
final class PeerSeat {
  private static final String PREFIX = "greenformers.engine.peer.";
  private static final String RANK = PREFIX + "rank";
  private static final String MACHINES = PREFIX + "machines";
  private static final String PROCESSES = PREFIX + "processes";
  private static final String FILE = PREFIX + "file";
  private static final String FIRST = PREFIX + "first";
  private static final String PORT = PREFIX + "port";
  private static final String OWN = PREFIX + "own";

  private PeerSeat() {}

  /** Options of a JVM that give it a seat. */
  static List<String> options(Seat seat) {
    List<String> options = new ArrayList<>();
    options.add(option(RANK, seat.rank()));
    options.add(option(MACHINES, seat.machines()));
    options.add(option(PROCESSES, seat.processes()));
    switch (seat.meeting()) {
      case Meeting.InFile in -> options.add(option(FILE, in.file()));
      case Meeting.AtPort at -> {
        options.add(option(FIRST, at.first().getHostAddress()));
        options.add(option(PORT, at.port()));
        options.add(option(OWN, at.own().getHostAddress()));
      }
    }
    return options;
  }

  private static String option(String name, Object value) {
    return "-D" + name + "=" + value;
  }

  /** The seat of this process; empty where no other one started it. */
  static Optional<Seat> configured() {
    return Optional.ofNullable(System.getProperty(RANK))
        .map(rank ->
            new Seat(
                Integer.parseInt(rank),
                Integer.getInteger(MACHINES),
                Integer.getInteger(PROCESSES),
                meeting()));
  }

  private static Meeting meeting() {
    return Optional.ofNullable(System.getProperty(FILE))
        .<Meeting>map(file -> new Meeting.InFile(Path.of(file)))
        .orElseGet(() ->
            new Meeting.AtPort(
                InetAddress.ofLiteral(System.getProperty(FIRST)),
                Integer.getInteger(PORT),
                InetAddress.ofLiteral(System.getProperty(OWN))));
  }
}
