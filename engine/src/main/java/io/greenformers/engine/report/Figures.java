package io.greenformers.engine.report;

import static io.greenformers.engine.report.Markup.escape;

import io.greenformers.engine.evaluation.LatencyGrid;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What was measured, as rows and sections of the report's page. */
final class Figures {
  private static final double PERCENT = 100;

  private Figures() {}

  static String size(Report report) {
    Documents.Size size = report.size();
    return row("bytes of all files", size.originalBytes(), size.compressedBytes())
        + row("parameters", size.originalParameters(), size.compressedParameters())
        + report
            .memory()
            .map(m ->
                row(
                    "peak memory of a session, largest shape, bytes",
                    m.originalPeakBytes(),
                    m.compressedPeakBytes()))
            .orElse("");
  }

  private static String row(String what, long original, long compressed) {
    return format(
        """
        <tr><td>%s</td><td class="n">%,d</td><td class="n">%,d</td><td class="n">%.3f</td></tr>
        """,
        what, original, compressed, (double) compressed / Math.max(1, original));
  }

  static String latency(Report report) {
    return report.latency().stream().map(Figures::row).collect(Collectors.joining());
  }

  private static String row(LatencyGrid.Measured measured) {
    return switch (measured) {
      case LatencyGrid.Cell c ->
          format(
              """
              <tr><td>%d × %d</td><td class="n">%.2f</td><td class="n">%.2f</td><td class="n">%.2f</td>\
              <td class="n">%.2f</td><td class="n">%.2f×</td></tr>
              """,
              c.batch(),
              c.sequence(),
              c.originalMs().p50(),
              c.originalMs().p90(),
              c.compressedMs().p50(),
              c.compressedMs().p90(),
              c.speedup());
      case LatencyGrid.Missing m ->
          format(
              """
              <tr><td>%d × %d</td><td colspan="5">does not run: <bdi>%s</bdi></td></tr>
              """,
              m.batch(), m.sequence(), escape(m.reason()));
    };
  }

  static String accuracy(Report report) {
    return report
        .accuracy()
        .map(a ->
            format(
                """
                <h2>Accuracy</h2><div class="scroll"><table class="figures">
                <tr><th>metric</th><th class="n">original</th><th class="n">compressed</th>\
                <th class="n">drop%s</th>\
                <th class="n">at most,<br>at %s %%</th></tr>
                <tr><td>%s on %,d of <bdi>%s</bdi></td><td class="n">%.4f</td>\
                <td class="n">%.4f</td><td class="n">%+.2f</td><td class="n">%+.2f</td></tr>
                </table></div>
                """,
                isShare(a) ? ",<br>points" : "",
                percent(a.confidence()),
                escape(a.metric()),
                a.samples(),
                escape(a.split()),
                a.original(),
                a.compressed(),
                (isShare(a) ? PERCENT : 1) * a.drop(),
                (isShare(a) ? PERCENT : 1) * a.dropUpperBound()))
        .orElse("");
  }

  /** All others lie between −1 and 1. */
  private static boolean isShare(Report.AccuracyFigures accuracy) {
    return !accuracy.metric().equals("perplexity");
  }

  private static String percent(double share) {
    String percent = format("%.2f", PERCENT * share);
    return percent.replaceFirst("\\.?0+$", "");
  }

  static String fusedOperators(Report report) {
    return report
        .fusedOperators()
        .map(f -> {
          Set<String> operators = new LinkedHashSet<>(f.before().keySet());
          operators.addAll(f.after().keySet());
          String rows =
              operators.stream()
                  .map(o ->
                      format(
                          "<tr><td><bdi>%s</bdi></td><td class=\"n\">%d</td><td class=\"n\">%d</td></tr>\n",
                          escape(o), f.before().getOrDefault(o, 0), f.after().getOrDefault(o, 0)))
                  .collect(Collectors.joining());
          return """
          <h2>Fused operators</h2><div class="scroll"><table class="figures">
          <tr><th>made by ONNX Runtime</th><th class="n">original</th><th class="n">compressed</th></tr>
          """
              + rows
              + "</table></div>\n";
        })
        .orElse("");
  }

  @SuppressWarnings("AnnotateFormatMethod") // the formats are in this class
  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
