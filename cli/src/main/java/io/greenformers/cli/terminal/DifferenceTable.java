package io.greenformers.cli.terminal;

import io.greenformers.protocol.report.ReportDifference;
import io.greenformers.protocol.report.ReportDifference.Figure;
import io.greenformers.protocol.report.ReportDifference.Unit;
import java.io.PrintWriter;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Two reports' compressed models side by side, in a few lines. */
public record DifferenceTable(JsonNode before, JsonNode after, PrintWriter out) {

  public void print() {
    out.printf("%-28s %16s %16s%n", "", "before", "after");
    out.printf("%-28s %16s %16s%n", "passed", passed(before), passed(after));
    ReportDifference difference = ReportDifference.of(before, after);
    difference.figures().forEach(this::row);
    difference
        .ranks()
        .forEach(site ->
            out.printf(
                "%s: %s to %s%n",
                Text.printable(site.site()), rank(site.before()), rank(site.after())));
  }

  private static String passed(JsonNode report) {
    return report.at("/gate/passed").asBoolean()
        ? "yes"
        : "no: " + Text.printable(report.at("/gate/bound").asString(""));
  }

  private void row(Figure figure) {
    out.printf(
        "%-28s %s %s%n",
        figure.what(), text(figure.unit(), figure.before()), text(figure.unit(), figure.after()));
  }

  private static String text(Unit unit, Optional<Double> value) {
    String format =
        switch (unit) {
          case BYTES -> "%,16.0f";
          case SHARE -> "%16.4f";
          case SPEEDUP -> "%15.2fx";
          case COSINE -> "%16.5f";
        };
    return value.map(format::formatted).orElseGet(() -> "%16s".formatted("–"));
  }

  private static String rank(int rank) {
    return rank == 0 ? "kept" : "rank " + rank;
  }
}
