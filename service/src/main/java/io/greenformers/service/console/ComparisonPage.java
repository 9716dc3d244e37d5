package io.greenformers.service.console;

import io.greenformers.protocol.report.ReportDifference;
import io.greenformers.protocol.report.ReportDifference.Figure;
import io.greenformers.protocol.report.ReportDifference.RankChange;
import io.greenformers.protocol.report.ReportDifference.Unit;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Two compressions side by side.
 *
 * @param sides those that were chosen, at most two
 * @param chosen how many there were
 */
record ComparisonPage(Frame frame, List<Side> sides, int chosen) {
  private static final int MOST_SITES = 200;

  ComparisonPage {
    sides = List.copyOf(sides);
  }

  /** One of the two. */
  record Side(CompressionRow row, Optional<JsonNode> report) {
    Optional<Outcome> outcome() {
      return report.map(Outcome::of);
    }
  }

  boolean areTwo() {
    return sides.size() == 2 && chosen == 2;
  }

  /** Empty unless both were measured. */
  Optional<ReportDifference> difference() {
    return areTwo()
        ? sides
            .get(0)
            .report()
            .flatMap(a -> sides.get(1).report().map(b -> ReportDifference.of(a, b)))
        : Optional.empty();
  }

  List<RankChange> ranks(ReportDifference difference) {
    return difference.ranks().stream().limit(MOST_SITES).toList();
  }

  int hidden(ReportDifference difference) {
    return Math.max(0, difference.ranks().size() - MOST_SITES);
  }

  static String text(Unit unit, Optional<Double> value) {
    return value
        .map(v ->
            switch (unit) {
              case BYTES -> Words.bytes(v);
              case SHARE -> Words.figure(v, 4);
              case SPEEDUP -> Words.times(v);
              case COSINE -> Words.figure(v, 5);
            })
        .orElse("–");
  }

  /** By how much the second is more, or less; empty where one of them has none. */
  static String change(Figure figure) {
    return figure
        .before()
        .flatMap(a -> figure.after().filter(b -> a != 0).map(b -> b / a - 1))
        .map(change -> (change > 0 ? "+" : "") + Words.percent(change))
        .orElse("");
  }

  static String rank(int rank) {
    return rank == 0 ? "kept" : "rank " + rank;
  }
}
