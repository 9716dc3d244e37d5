package io.greenformers.engine;

import io.greenformers.engine.torch.ConnectedPeers;
import io.greenformers.engine.torch.LostPeerException;
import io.greenformers.engine.torch.Peers;
import io.greenformers.engine.torch.Seat;
import io.greenformers.engine.torch.Torch;
import io.greenformers.protocol.child.StageRequest;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * The processes of a training, seen from one of them. The first of a machine starts its others, and
 * ends them when it is closed.
 */
final class TrainingGroup implements AutoCloseable {
  /** What a process takes to end after its connections broke off. */
  private static final int LAST_WORDS_SECONDS = 5;

  private final Peers peers;
  private final Optional<PeerProcesses> others;

  private TrainingGroup(Peers peers, Optional<PeerProcesses> others) {
    this.peers = peers;
    this.others = others;
  }

  /**
   * Starts the others where this is the first process of several on its machine, and waits for all.
   *
   * @param scratch a directory of this process alone
   * @throws LostProcessException if one of them fails before it comes
   */
  static TrainingGroup join(StageRequest request, TrainingChoices choices, Path scratch) {
    Optional<Seat> given = PeerSeat.configured();
    Seat seat = given.orElseGet(() -> MachinesFirst.seat(request, choices, scratch));
    if (seat.size() == 1) {
      return new TrainingGroup(Peers.alone(), Optional.empty());
    }
    Torch.shareCores(seat.processes());
    return given.isPresent()
        ? new TrainingGroup(ConnectedPeers.connect(seat, choices.device()), Optional.empty())
        : lead(request, choices, seat);
  }

  private static TrainingGroup lead(StageRequest request, TrainingChoices choices, Seat first) {
    PeerProcesses others = PeerProcesses.start(request, first);
    // in a thread of its own: libtorch has patience with those that have failed
    CompletableFuture<Peers> met =
        CompletableFuture.supplyAsync(
            () -> ConnectedPeers.connect(first, choices.device()),
            Thread.ofPlatform().daemon()::start);
    CompletableFuture<Peers> failed =
        others
            .failure()
            .thenApply(why -> {
              throw new LostProcessException(why);
            });
    try {
      Peers peers = met.applyToEither(failed, either -> either).join();
      return new TrainingGroup(peers, Optional.of(others).filter(o -> first.processes() > 1));
    } catch (CompletionException e) {
      others.close();
      throw e.getCause() instanceof EngineException known ? known : e;
    }
  }

  /**
   * Does what all of them do.
   *
   * @throws LostProcessException if another one fails, with what it said
   */
  <T> T together(Function<Peers, T> work) {
    try {
      return work.apply(peers);
    } catch (LostPeerException e) {
      throw explained(e);
    }
  }

  private EngineException explained(LostPeerException lost) {
    if (others.isEmpty()) {
      return lost;
    }
    try {
      return new LostProcessException(
          others.get().failure().get(LAST_WORDS_SECONDS, TimeUnit.SECONDS));
    } catch (TimeoutException | ExecutionException e) {
      return lost;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return lost;
    }
  }

  @Override
  public void close() {
    peers.close();
    others.ifPresent(PeerProcesses::close);
  }
}
