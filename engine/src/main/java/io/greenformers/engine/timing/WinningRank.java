package io.greenformers.engine.timing;

import io.greenformers.core.site.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds the largest rank that is no slower than dense at any shape, by bisection: factors of a
 * larger rank have more to compute.
 */
final class WinningRank {
  /** Of factorized / dense, at every shape. */
  private static final double MOST = 1.0;

  private final Clock clock;
  private final int multipleOf;

  /** The shape that decided last comes first: it is the likeliest to decide again. */
  private final List<GridShape> order;

  WinningRank(Clock clock, List<GridShape> grid, int multipleOf) {
    this.clock = clock;
    this.order = new ArrayList<>(grid);
    this.multipleOf = multipleOf;
  }

  /** Where timings come from. */
  @FunctionalInterface
  interface Clock {
    PairTiming time(int rank, GridShape at);
  }

  private record Loss(int rank, GridShape at, PairTiming timing) {
    String describe() {
      return "factors of rank %d take %.2f times the %.4f ms of dense at %s"
          .formatted(rank, timing.ratio(), timing.denseMs(), at);
    }
  }

  Verdict verdict(Site site) {
    int most = (int) Math.ceil(site.breakEvenRank() / multipleOf) - 1;
    if (most < 1) {
      return new Verdict.Loses(
          "its break-even rank %.1f leaves no multiple of %d"
              .formatted(site.breakEvenRank(), multipleOf));
    }
    Optional<Loss> least = loss(multipleOf);
    if (least.isPresent()) {
      return new Verdict.Loses("dense is as fast at any rank: " + least.get().describe());
    }
    Optional<Loss> last = loss(most * multipleOf);
    if (last.isEmpty()) {
      return new Verdict.Wins(most * multipleOf, "no slower at any rank that saves weights");
    }
    return bisect(1, most, last.get());
  }

  /** Wins at {@code low} multiples, loses at {@code high}. */
  private Verdict bisect(int low, int high, Loss first) {
    int wins = low;
    int loses = high;
    Loss loss = first;
    while (loses - wins > 1) {
      int middle = (wins + loses) / 2;
      Optional<Loss> found = loss(middle * multipleOf);
      if (found.isPresent()) {
        loses = middle;
        loss = found.get();
      } else {
        wins = middle;
      }
    }
    return new Verdict.Wins(wins * multipleOf, "no slower up to this rank; " + loss.describe());
  }

  private Optional<Loss> loss(int rank) {
    for (GridShape at : List.copyOf(order)) {
      PairTiming timing = clock.time(rank, at);
      if (timing.ratio() > MOST) {
        order.remove(at);
        order.addFirst(at);
        return Optional.of(new Loss(rank, at, timing));
      }
    }
    return Optional.empty();
  }
}
