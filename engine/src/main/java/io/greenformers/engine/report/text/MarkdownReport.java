package io.greenformers.engine.report.text;

import io.greenformers.engine.report.Documents;
import io.greenformers.engine.report.Latencies;
import io.greenformers.engine.report.Report;
import io.greenformers.engine.report.Words;
import io.greenformers.protocol.report.Visible;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The report as GitHub's Markdown, short enough for a comment of a pull request. */
public final class MarkdownReport {
  private static final int MOST_REASONS = 10;

  private MarkdownReport() {}

  /** The document. */
  public static String of(Report report) {
    return "## %s %s\n\n".formatted(report.gate().passed() ? "✅" : "❌", Words.verdict(report))
        + bounds(report)
        + figures(report)
        + kept(report)
        + provenance(report);
  }

  private static String bounds(Report report) {
    return report.gate().bounds().isEmpty()
        ? ""
        : "| bound | asked, at most | found | |\n|---|--:|--:|---|\n"
            + report.gate().bounds().stream().map(MarkdownReport::row).collect(Collectors.joining())
            + "\n";
  }

  private static String row(Report.Bound bound) {
    return format(
        "| %s | %.4f | %s | %s |\n",
        Words.bound(bound.name()),
        bound.most(),
        bound.found().map(found -> format("%.4f", found)).orElse("not measured"),
        bound.holds() ? "holds" : "**does not hold**");
  }

  private static String figures(Report report) {
    return "| | original | compressed | |\n|---|--:|--:|--:|\n"
        + format(
            "| bytes of all files | %s | %s | %.3f |\n",
            Words.bytes(report.size().originalBytes()),
            Words.bytes(report.size().compressedBytes()),
            report.size().ratio())
        + Latencies.cells(report).stream()
            .map(cell ->
                format(
                    "| p50 at %d × %d | %.2f ms | %.2f ms | %.2f× |\n",
                    cell.batch(),
                    cell.sequence(),
                    cell.originalMs().p50(),
                    cell.compressedMs().p50(),
                    cell.speedup()))
            .collect(Collectors.joining())
        + Latencies.missing(report).stream()
            .map(cell ->
                format(
                    "| %d × %d | does not run | | %s |\n",
                    cell.batch(), cell.sequence(), escape(cell.reason())))
            .collect(Collectors.joining())
        + report
            .accuracy()
            .map(a ->
                format(
                    "| %s on %,d of %s | %.4f | %.4f | drop %s, at most %s at %s |\n",
                    escape(a.metric()),
                    a.samples(),
                    escape(a.split()),
                    a.original(),
                    a.compressed(),
                    Words.drop(a, a.drop()),
                    Words.drop(a, a.dropUpperBound()),
                    Words.percent(a.confidence())))
            .orElse("")
        + report
            .fidelity()
            .map(f ->
                format(
                    "| outputs | | cosine %.5f | relative L2 %.4f |\n", f.cosine(), f.relativeL2()))
            .orElse("")
        + "\n";
  }

  private static String kept(Report report) {
    if (report.sites().isEmpty()) {
      return "";
    }
    Map<String, Long> reasons =
        report.sites().stream()
            .filter(site -> site.rank() == 0)
            .collect(
                Collectors.groupingBy(
                    Documents.SiteDecision::reason, TreeMap::new, Collectors.counting()));
    String rows =
        reasons.entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .limit(MOST_REASONS)
            .map(e -> format("- %d kept: %s\n", e.getValue(), escape(e.getKey())))
            .collect(Collectors.joining());
    String more =
        reasons.size() > MOST_REASONS
            ? format("- and %d more reasons\n", reasons.size() - MOST_REASONS)
            : "";
    return "<details><summary>%s</summary>\n\n%s%s\n</details>\n\n"
        .formatted(Words.sites(report), rows, more);
  }

  private static String provenance(Report report) {
    return new TreeMap<>(report.provenance())
        .entrySet().stream()
            .map(e -> escape(e.getKey()) + " " + escape(String.valueOf(e.getValue())))
            .collect(Collectors.joining(" · ", "<sub>", "</sub>\n"));
  }

  /**
   * Whatever could mean something in Markdown, mentions and links included, becomes a character
   * reference.
   */
  static String escape(String text) {
    return Visible.escape(
            text,
            c ->
                Character.isLetterOrDigit(c) || " .,-/()%=+".indexOf(c) >= 0
                    ? Character.toString(c)
                    : "&#" + c + ";")
        .replaceAll("(?i)www\\.", "www&#46;");
  }

  @SuppressWarnings("AnnotateFormatMethod") // the formats are in this class
  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
