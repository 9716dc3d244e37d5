package io.greenformers.protocol.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Two reports' compressed models, figure by figure.
 *
 * @param figures those that one of the two has at least
 * @param ranks sites of both whose rank is another one
 */
public record ReportDifference(List<Figure> figures, List<RankChange> ranks) {
  public ReportDifference {
    figures = List.copyOf(figures);
    ranks = List.copyOf(ranks);
  }

  /** How a figure is to be written. */
  public enum Unit {
    BYTES,
    /** Of the whole, or of a metric: four places tell two models apart. */
    SHARE,
    /** How many times as fast. */
    SPEEDUP,
    /** Near 1, so five places. */
    COSINE
  }

  /**
   * A figure of both.
   *
   * @param before empty where the first report does not have it; so is {@code after}
   */
  public record Figure(String what, Unit unit, Optional<Double> before, Optional<Double> after) {}

  /**
   * A site.
   *
   * @param before its rank in the first report, 0 where it was kept
   * @param after its rank in the second
   */
  public record RankChange(String site, int before, int after) {}

  /** Compares two documents {@code report.json} of version 1. */
  public static ReportDifference of(JsonNode before, JsonNode after) {
    List<Figure> figures = new ArrayList<>();
    figures.add(figure("bytes of all files", Unit.BYTES, before, after, "/size/compressedBytes"));
    figures.add(figure("size ratio", Unit.SHARE, before, after, "/size/ratio"));
    figures.addAll(speedups(before, after));
    figures.add(figure("accuracy", Unit.SHARE, before, after, "/accuracy/compressed"));
    figures.add(figure("drop in accuracy", Unit.SHARE, before, after, "/accuracy/drop"));
    figures.add(figure("drop at most", Unit.SHARE, before, after, "/accuracy/dropUpperBound"));
    figures.add(figure("cosine of the outputs", Unit.COSINE, before, after, "/fidelity/cosine"));
    return new ReportDifference(
        figures.stream().filter(f -> f.before().or(f::after).isPresent()).toList(),
        changes(before, after));
  }

  private static Figure figure(
      String what, Unit unit, JsonNode before, JsonNode after, String path) {
    return new Figure(what, unit, number(before.at(path)), number(after.at(path)));
  }

  private static Optional<Double> number(JsonNode value) {
    return value.isNumber() ? Optional.of(value.asDouble()) : Optional.empty();
  }

  /** Of the shapes that both were timed at. */
  private static List<Figure> speedups(JsonNode before, JsonNode after) {
    Map<String, JsonNode> second = cells(after);
    List<Figure> speedups = new ArrayList<>();
    cells(before)
        .forEach((shape, cell) -> {
          JsonNode other = second.get(shape);
          if (other != null) {
            speedups.add(
                new Figure(
                    "speed-up at " + shape,
                    Unit.SPEEDUP,
                    number(cell.path("speedup")),
                    number(other.path("speedup"))));
          }
        });
    return speedups;
  }

  private static Map<String, JsonNode> cells(JsonNode report) {
    Map<String, JsonNode> cells = new LinkedHashMap<>();
    for (JsonNode cell : report.path("latency")) {
      cells.put(cell.path("batch").asInt() + " x " + cell.path("sequence").asInt(), cell);
    }
    return cells;
  }

  private static List<RankChange> changes(JsonNode before, JsonNode after) {
    Map<String, Integer> second = ranks(after);
    List<RankChange> changes = new ArrayList<>();
    ranks(before)
        .forEach((site, rank) -> {
          Integer other = second.get(site);
          if (other != null && !other.equals(rank)) {
            changes.add(new RankChange(site, rank, other));
          }
        });
    return changes;
  }

  private static Map<String, Integer> ranks(JsonNode report) {
    Map<String, Integer> ranks = new LinkedHashMap<>();
    for (JsonNode site : report.path("sites")) {
      ranks.put(site.path("name").asString(""), site.path("rank").asInt());
    }
    return ranks;
  }
}
