package io.greenformers.engine;

import io.greenformers.engine.recovery.UntrainableException;
import io.greenformers.engine.torch.Meeting;
import io.greenformers.engine.torch.Seat;
import io.greenformers.engine.torch.Terms;
import io.greenformers.protocol.child.MachineSeat;
import io.greenformers.protocol.child.StageRequest;
import java.net.InetAddress;
import java.nio.file.Path;

/** The seat of the first process of a machine, which nobody gave it. */
final class MachinesFirst {
  private MachinesFirst() {}

  /**
   * Where several machines train, all but the first ask it how many processes each has.
   *
   * @param scratch a directory of this process alone
   * @throws UntrainableException if this machine cannot do what the first one does
   */
  static Seat seat(StageRequest request, TrainingChoices choices, Path scratch) {
    return request
        .machine()
        .map(machine -> among(machine, choices))
        .orElseGet(() ->
            new Seat(0, 1, choices.processes(), new Meeting.InFile(scratch.resolve("meeting"))));
  }

  private static Seat among(MachineSeat machine, TrainingChoices choices) {
    Meeting.AtPort meeting =
        new Meeting.AtPort(
            InetAddress.ofLiteral(machine.host()),
            machine.port(),
            InetAddress.ofLiteral(machine.own()));
    int processes =
        machine.number() == 0
            ? choices.processes()
            : agreed(Terms.heardAt(meeting), choices).processes();
    return new Seat(machine.number() * processes, machine.count(), processes, meeting);
  }

  private static Terms agreed(Terms terms, TrainingChoices choices) {
    if (terms.device() != choices.device() || terms.processes() > choices.processes()) {
      throw new UntrainableException(
          "recovery: expected on every machine what the first one has, %d processes on %s, found %d on %s; set recovery.device and recovery.processes to what all of them have"
              .formatted(terms.processes(), terms.device(), choices.processes(), choices.device()));
    }
    return terms;
  }
}
