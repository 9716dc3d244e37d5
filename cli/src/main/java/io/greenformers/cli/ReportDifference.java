package io.greenformers.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Two reports' compressed models, figure by figure. */
record ReportDifference(JsonNode before, JsonNode after, PrintWriter out) {

  void print() {
    out.printf("%-28s %16s %16s%n", "", "before", "after");
    out.printf("%-28s %16s %16s%n", "passed", passed(before), passed(after));
    row("bytes of all files", "/size/compressedBytes", "%,16.0f");
    row("size ratio", "/size/ratio", "%16.4f");
    latencies();
    row("accuracy", "/accuracy/compressed", "%16.4f");
    row("drop in accuracy", "/accuracy/drop", "%16.4f");
    row("drop at most", "/accuracy/dropUpperBound", "%16.4f");
    row("cosine of the outputs", "/fidelity/cosine", "%16.5f");
    sites();
  }

  private static String passed(JsonNode report) {
    return report.at("/gate/passed").asBoolean()
        ? "yes"
        : "no: " + Text.printable(report.at("/gate/bound").asString(""));
  }

  private void row(String what, String path, String format) {
    row(what, before.at(path), after.at(path), format);
  }

  private void row(String what, JsonNode first, JsonNode second, String format) {
    if (first.isNumber() || second.isNumber()) {
      out.printf("%-28s %s %s%n", what, figure(first, format), figure(second, format));
    }
  }

  private static String figure(JsonNode value, String format) {
    return value.isNumber() ? format.formatted(value.asDouble()) : "%16s".formatted("–");
  }

  private void latencies() {
    Map<String, JsonNode> first = cells(before);
    Map<String, JsonNode> second = cells(after);
    first.forEach((shape, cell) -> {
      JsonNode other = second.get(shape);
      if (other != null) {
        row("speed-up at " + shape, cell.path("speedup"), other.path("speedup"), "%15.2fx");
      }
    });
  }

  private static Map<String, JsonNode> cells(JsonNode report) {
    Map<String, JsonNode> cells = new LinkedHashMap<>();
    for (JsonNode cell : report.path("latency")) {
      cells.put(cell.path("batch").asInt() + " x " + cell.path("sequence").asInt(), cell);
    }
    return cells;
  }

  /** Those whose rank is another one. */
  private void sites() {
    Map<String, Integer> first = ranks(before);
    Map<String, Integer> second = ranks(after);
    first.forEach((site, rank) -> {
      Integer other = second.get(site);
      if (other != null && !other.equals(rank)) {
        out.printf("%s: %s to %s%n", Text.printable(site), rank(rank), rank(other));
      }
    });
  }

  private static String rank(int rank) {
    return rank == 0 ? "kept" : "rank " + rank;
  }

  private static Map<String, Integer> ranks(JsonNode report) {
    Map<String, Integer> ranks = new LinkedHashMap<>();
    for (JsonNode site : report.path("sites")) {
      ranks.put(site.path("name").asString(""), site.path("rank").asInt());
    }
    return ranks;
  }
}
