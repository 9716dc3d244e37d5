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
 * The processes of a training, seen from one of them. The first starts the others, and ends them
 * when it is closed.
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
   * Starts the others where this is the first process of several, and waits for them.
   *
   * @param scratch a directory of this process alone
   * @throws LostProcessException if one of them fails before it comes
   */
  static TrainingGroup join(StageRequest request, TrainingChoices choices, Path scratch) {
    Optional<Seat> seat = PeerSeat.configured();
    int size = seat.map(Seat::size).orElse(choices.processes());
    if (size == 1) {
      return new TrainingGroup(Peers.alone(), Optional.empty());
    }
    Torch.shareCores(size);
    return seat.map(
            s -> new TrainingGroup(ConnectedPeers.connect(s, choices.device()), Optional.empty()))
        .orElseGet(() -> lead(request, choices, scratch));
  }

  private static TrainingGroup lead(StageRequest request, TrainingChoices choices, Path scratch) {
    Seat first = new Seat(0, choices.processes(), scratch.resolve("meeting"));
    PeerProcesses others = PeerProcesses.start(request, first.size(), first.meeting());
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
      return new TrainingGroup(peers, Optional.of(others));
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
