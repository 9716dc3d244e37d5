package io.greenformers.cli.machines;

import io.greenformers.cli.terminal.CliException;
import io.greenformers.cli.terminal.ExitCode;
import io.greenformers.cli.terminal.ProgressLine;
import io.greenformers.cli.terminal.Text;
import io.greenformers.protocol.child.ChildOutcome;
import io.greenformers.protocol.child.ChildRun;
import io.greenformers.protocol.child.MachineSeat;
import io.greenformers.protocol.child.StageRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/**
 * The machines that share a training, on the first of them: others join from the begin on, are
 * given the files when the training begins, and are watched until it ends. Thread-safe.
 */
public final class TrainingMachines implements AutoCloseable {
  private static final long WATCH_MILLIS = 500;

  private final Endpoint at;
  private final int count;
  private final Patience patience;
  private final ProgressLine progress;
  private final MachineServer server;
  private final List<JoinedMachine> joined = new ArrayList<>();
  private final CompletableFuture<String> lost = new CompletableFuture<>();
  private Optional<OfferedStage> offered = Optional.empty();
  private List<Path> files = List.of();
  private boolean ended;

  /**
   * How long others are waited for.
   *
   * @param coming until all have joined, once the training could begin
   * @param silence without a word of one that has joined
   * @param lastWords of others, when one has failed
   */
  public record Patience(Duration coming, Duration silence, Duration lastWords) {
    public static final Patience USUAL =
        new Patience(Duration.ofMinutes(30), Duration.ofSeconds(30), Duration.ofSeconds(5));
  }

  private TrainingMachines(
      Endpoint at, int count, JoinKey key, Patience patience, ProgressLine progress)
      throws IOException {
    this.at = at;
    this.count = count;
    this.patience = patience;
    this.progress = progress;
    this.server = new MachineServer(at, key, this, progress);
  }

  /**
   * Lets others join from now on.
   *
   * @param count of all machines, with this one
   * @throws CliException if nothing can listen there
   */
  public static TrainingMachines open(
      Endpoint at, int count, JoinKey key, Patience patience, ProgressLine progress) {
    // what listens at the second port does so only when the training begins
    try (ServerSocket free = new ServerSocket(at.meetingPort(), 1, at.address())) {
      TrainingMachines machines = new TrainingMachines(at, count, key, patience, progress);
      machines.server.start();
      Thread.ofPlatform().daemon().name("machines").start(machines::watch);
      return machines;
    } catch (IOException e) {
      throw new CliException(
          ExitCode.USAGE,
          "--listen %s: expected an address of this machine, with this port and the next one free (%s)"
              .formatted(at, e.getMessage()));
    }
  }

  /**
   * Takes a machine in.
   *
   * @throws CliException if there is no place for it
   */
  synchronized MachineMessage.Joined join(InetAddress address) {
    if (offered.isPresent() || joined.size() == count - 1) {
      throw new CliException(
          ExitCode.FAILED,
          "expected one of the %d machines of this training, which are all here; let it end, or start it for more"
              .formatted(count));
    }
    int number =
        IntStream.range(1, count)
            .filter(n -> joined.stream().noneMatch(m -> m.number == n))
            .findFirst()
            .orElseThrow();
    JoinedMachine machine = new JoinedMachine(number, address);
    joined.add(machine);
    progress.say("%s has joined, %d of %d are here".formatted(machine, joined.size() + 1, count));
    notifyAll();
    return new MachineMessage.Joined(number, count, address.getHostAddress());
  }

  /**
   * Hears a machine, and tells it what there is to do.
   *
   * @return empty where no such machine has joined
   */
  synchronized Optional<MachineMessage.Now> hear(int number) {
    return machine(number)
        .map(machine -> {
          machine.hear();
          if (ended) {
            machine.end();
            notifyAll();
          }
          return new MachineMessage.Now(offered, ended);
        });
  }

  /** A machine has ended: it is lost, if it failed. */
  synchronized void end(int number, MachineMessage.End end) {
    machine(number)
        .ifPresent(machine -> {
          machine.end();
          notifyAll();
          end.failure().ifPresent(why -> lose(machine, Text.printable(why)));
        });
  }

  /** One of the files of the training; empty where it has none of this number. */
  synchronized Optional<Path> file(int number) {
    return number < files.size() ? Optional.of(files.get(number)) : Optional.empty();
  }

  private Optional<JoinedMachine> machine(int number) {
    return joined.stream().filter(m -> m.number == number).findFirst();
  }

  /** Before the training another one may take its place. */
  private void lose(JoinedMachine machine, String why) {
    if (offered.isPresent()) {
      lost.complete(machine + ": " + why);
    } else {
      joined.remove(machine);
      progress.say("%s is gone: %s".formatted(machine, why));
    }
  }

  private void watch() {
    try {
      while (!lost.isDone()) {
        Thread.sleep(WATCH_MILLIS);
        loseSilentFor(patience.silence());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void loseSilentFor(Duration time) {
    joined.stream()
        .filter(m -> m.isSilentFor(time))
        .findFirst()
        .ifPresent(silent -> {
          silent.end();
          lose(
              silent,
              "expected a word every second, found none for %d s; see what it says itself"
                  .formatted(time.toSeconds()));
        });
  }

  /**
   * Waits until all are here, and offers them the training.
   *
   * @return the same stage, with this machine's place
   * @throws CliException if they do not come
   */
  public StageRequest gather(StageRequest stage) throws InterruptedException, IOException {
    Map<Path, List<String>> needed = OfferedStage.needed(stage);
    offer(OfferedStage.of(stage, needed), List.copyOf(needed.keySet()));
    return stage.at(new MachineSeat(0, count, at.host(), at.meetingPort(), at.host()));
  }

  private synchronized void offer(OfferedStage offer, List<Path> itsFiles)
      throws InterruptedException {
    long begun = System.nanoTime();
    while (joined.size() < count - 1) {
      progress.show(
          "recover", 0, "waiting for machines: %d of %d".formatted(joined.size() + 1, count));
      if (!waits(begun, patience.coming())) {
        throw new CliException(
            ExitCode.FAILED,
            "--machines: expected %d machines within %d s, found %d; see that the others reach %s, then start all again: what is finished is kept"
                .formatted(count, patience.coming().toSeconds(), joined.size() + 1, at));
      }
    }
    files = itsFiles;
    offered = Optional.of(offer);
  }

  /** Until something has changed; returns whether it could wait still. */
  private synchronized boolean waits(long begun, Duration most) throws InterruptedException {
    long left = most.toNanos() - (System.nanoTime() - begun);
    if (left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return left > 0;
  }

  /** Waits for this machine's part, and ends it where another machine is lost. */
  public ChildOutcome await(ChildRun run) throws InterruptedException {
    AtomicBoolean killed = new AtomicBoolean();
    CompletableFuture<Void> ending =
        lost.thenRunAsync(
            () -> {
              killed.set(true);
              run.close();
            },
            // it mostly fails by itself, and says why
            CompletableFuture.delayedExecutor(
                patience.lastWords().toMillis(), TimeUnit.MILLISECONDS));
    ChildOutcome outcome = run.await();
    ending.cancel(false);
    return outcome instanceof ChildOutcome.Failed own ? explained(own, killed.get()) : outcome;
  }

  private ChildOutcome explained(ChildOutcome.Failed own, boolean killed)
      throws InterruptedException {
    try {
      lost.get(patience.lastWords().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      loseSilentFor(patience.lastWords());
    }
    if (!lost.isDone()) {
      return own;
    }
    String other = lost.join();
    return new ChildOutcome.Failed(own.fault(), killed ? other : own.message() + "; " + other);
  }

  /** Completed with which one is lost, and why, once the training has begun. */
  public CompletableFuture<String> lost() {
    return lost;
  }

  /** Tells those that are still here that this machine has ended. */
  @Override
  public synchronized void close() {
    ended = true;
    long begun = System.nanoTime();
    try {
      while (!joined.stream().allMatch(JoinedMachine::hasEnded)
          && waits(begun, patience.lastWords())) {
        // one more may have heard it
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.close();
  }
}
