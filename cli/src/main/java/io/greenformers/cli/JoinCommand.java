package io.greenformers.cli;

import io.greenformers.cli.files.TemporaryDirectory;
import io.greenformers.cli.machines.Endpoint;
import io.greenformers.cli.machines.FirstMachine;
import io.greenformers.cli.machines.JoinKey;
import io.greenformers.cli.machines.TrainingMachines;
import io.greenformers.cli.run.JoinedTraining;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.cli.terminal.ProgressLine;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "join",
    mixinStandardHelpOptions = true,
    description = {
      "Trains along with another machine, where compress was started with --machines.",
      "Everything needed comes from there, and the result stays there; nothing is kept here."
    },
    footer = {
      "",
      "The key that the first machine has printed is read from the environment's",
      JoinKey.VARIABLE + ", or asked for.",
      "",
      "Models and data come unencrypted, and the training's own connections know no key:",
      "the network between the machines has to be trusted.",
      "",
      "Exit codes: 0 the training has ended, 2 usage or a wrong key, 4 this machine cannot train",
      "the model, 5 nor use the data, 6 cancelled, 1 anything else.",
      "",
      "Example:",
      "  " + JoinKey.VARIABLE + "=… greenformers join 10.0.0.1:29500",
    })
final class JoinCommand implements Callable<Integer> {
  private static final int MOST_SECONDS_TO_LEAVE = 10;
  private static final Duration SILENCE = TrainingMachines.Patience.USUAL.silence();

  @Parameters(
      paramLabel = "ADDRESS:PORT",
      converter = Endpoint.Converter.class,
      description = "Where the first machine listens.")
  Endpoint at = Endpoint.NONE;

  @Option(names = "--quiet", description = "Show no progress.")
  boolean quiet;

  @Override
  public Integer call() throws Exception {
    ProgressLine progress = new ProgressLine(System.err, quiet);
    CountDownLatch left = leaveWhenInterrupted(Thread.currentThread());
    try (TemporaryDirectory directory = TemporaryDirectory.create();
        FirstMachine first = FirstMachine.join(at, JoinKey.given(), SILENCE)) {
      progress.say(
          "joined the training at %s as machine %d of %d"
              .formatted(at, first.seat().number() + 1, first.seat().count()));
      new JoinedTraining(first, directory.path(), progress).run();
      progress.say("the training has ended; its result is on the first machine");
      return ExitCode.DONE;
    } finally {
      left.countDown();
    }
  }

  /** Nothing of another machine's is left here, and that machine is told. */
  private static CountDownLatch leaveWhenInterrupted(Thread worker) {
    CountDownLatch left = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              worker.interrupt();
              try {
                left.await(MOST_SECONDS_TO_LEAVE, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }));
    return left;
  }
}
