package io.greenformers.cli.options;

import io.greenformers.cli.machines.Endpoint;
import io.greenformers.cli.machines.JoinKey;
import io.greenformers.cli.machines.TrainingMachines;
import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.cli.terminal.ProgressLine;
import io.greenformers.protocol.request.CompressionRequest;
import java.io.PrintStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Which machines train together: whoever runs the command decides it. No request can, since it
 * opens ports.
 */
public final class MachineOptions {
  private static final int MOST = 99;

  @Option(
      names = "--machines",
      paramLabel = "COUNT",
      description = {
        "Machines that share the training, with this one; each runs --processes. The command for",
        "the others is printed. Needs --listen."
      })
  @Nullable Integer machines;

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS:PORT",
      converter = Endpoint.Converter.class,
      description = {
        "Where the other machines reach this one, as 10.0.0.1:29500; the next port is used too.",
        "Only for a network that is trusted: what passes between the machines is not encrypted,",
        "and the training's own connections know no key."
      })
  @Nullable Endpoint listen;

  /**
   * Refuses what cannot be.
   *
   * @param remote whether a service compresses
   */
  public void check(CompressionRequest request, boolean remote) {
    if (machines == null && listen == null) {
      return;
    }
    if (machines == null || listen == null) {
      throw usage("--machines and --listen: expected both, found one of them");
    }
    if (machines < 2 || machines > MOST) {
      throw usage("--machines: expected 2 to %d, found %d".formatted(MOST, machines));
    }
    if (listen.address().isAnyLocalAddress()) {
      throw usage(
          "--listen %s: expected one address, that of the network between the machines, found all of them; name it"
              .formatted(listen));
    }
    if (remote) {
      throw usage(
          "--machines: expected a compression on this machine, found --server; leave one out");
    }
    if (request.recovery().isEmpty()) {
      throw usage("--machines: expected a training to share, found none; add --recover");
    }
  }

  /** Lets the others join, and says how. */
  public Optional<TrainingMachines> open(PrintStream err, ProgressLine progress) {
    if (machines == null || listen == null) {
      return Optional.empty();
    }
    Optional<JoinKey> given = JoinKey.ofEnvironment();
    JoinKey key = given.orElseGet(JoinKey::random);
    TrainingMachines others =
        TrainingMachines.open(listen, machines, key, TrainingMachines.Patience.USUAL, progress);
    // without it the others cannot come, however quiet it shall be
    err.printf(
        "greenformers: run this on the other machines (%d):%n%s=%s greenformers join %s%n",
        machines - 1, JoinKey.VARIABLE, given.isPresent() ? "…" : key.text(), listen);
    return Optional.of(others);
  }

  private static CliException usage(String message) {
    return new CliException(ExitCode.USAGE, message);
  }
}
