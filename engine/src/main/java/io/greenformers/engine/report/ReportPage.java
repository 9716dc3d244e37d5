package io.greenformers.engine.report;

import io.greenformers.engine.evaluation.LatencyGrid;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The report as one page without scripts or network. Every name that a model gave is escaped. */
@SuppressWarnings("InlineFormatString") // a page is easier to read in one piece
public final class ReportPage {
  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <title>Greenformers report</title>
      <style>
      :root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 18%%, transparent);
        --good: #1a7f4b; --bad: #b3261e }
      @media (prefers-color-scheme: dark) { :root { --good: #5fd39a; --bad: #ff8a80 } }
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
      h1 { font-size: 1.6rem; margin-bottom: 0 } h2 { font-size: 1.15rem; margin-top: 2.2rem }
      .verdict { font-size: 1.15rem; font-weight: 600 } .passed { color: var(--good) } .failed { color: var(--bad) }
      .scroll { overflow-x: auto }
      table { border-collapse: collapse; width: 100%%; font-variant-numeric: tabular-nums }
      th, td { text-align: left; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
      td.n, th.n { text-align: right } bdi { overflow-wrap: anywhere }
      </style></head><body>
      <h1>Greenformers report</h1>
      <p class="verdict %s">%s</p>
      <h2>Size</h2><div class="scroll"><table>
      <tr><th></th><th class="n">original</th><th class="n">compressed</th><th class="n">ratio</th></tr>
      <tr><td>bytes of all files</td><td class="n">%,d</td><td class="n">%,d</td><td class="n">%.3f</td></tr>
      <tr><td>parameters</td><td class="n">%,d</td><td class="n">%,d</td><td class="n">%.3f</td></tr>
      %s</table></div>
      <h2>Latency</h2><div class="scroll"><table>
      <tr><th>batch × sequence</th><th class="n">original p50</th><th class="n">p90</th>
      <th class="n">compressed p50</th><th class="n">p90 (ms)</th><th class="n">speed-up</th></tr>
      %s</table></div>
      <h2>Fidelity and parity</h2>
      <p>Outputs on the evaluation texts, or on random valid inputs without them: cosine %.6f, relative L2 distance %.4f.
      Before anything was truncated, the same rewrite at full rank differed from the original by at
      most %.1e of its largest output (%d batches).</p>
      <h2>Sites</h2><div class="scroll"><table>
      <tr><th>site</th><th>kind</th><th class="n">shape</th><th>decision</th><th class="n">rank</th>
      <th class="n">energy</th><th>reason</th></tr>
      %s</table></div>
      <h2>Provenance</h2><div class="scroll"><table>%s</table></div>
      </body></html>
      """;

  private ReportPage() {}

  public static String html(Report report) {
    Documents.Size size = report.size();
    return PAGE.formatted(
        report.gate().passed() ? "passed" : "failed",
        verdict(report),
        size.originalBytes(),
        size.compressedBytes(),
        size.ratio(),
        size.originalParameters(),
        size.compressedParameters(),
        (double) size.compressedParameters() / Math.max(1, size.originalParameters()),
        memory(report),
        latency(report),
        report.fidelity().cosine(),
        report.fidelity().relativeL2(),
        report.parity().maxRelative(),
        report.parity().batches(),
        sites(report),
        provenance(report));
  }

  private static String verdict(Report report) {
    return report
        .gate()
        .bound()
        .map(bound -> "Not passed: the bound " + escape(bound) + " does not hold.")
        .orElse("Passed: every bound of the budget holds.");
  }

  private static String latency(Report report) {
    return report.latency().stream().map(ReportPage::row).collect(Collectors.joining());
  }

  private static String row(LatencyGrid.Measured measured) {
    return switch (measured) {
      case LatencyGrid.Cell c ->
          """
          <tr><td>%d × %d</td><td class="n">%.2f</td><td class="n">%.2f</td><td class="n">%.2f</td>\
          <td class="n">%.2f</td><td class="n">%.2f×</td></tr>
          """
              .formatted(
                  c.batch(),
                  c.sequence(),
                  c.originalMs().p50(),
                  c.originalMs().p90(),
                  c.compressedMs().p50(),
                  c.compressedMs().p90(),
                  c.speedup());
      case LatencyGrid.Missing m ->
          """
          <tr><td>%d × %d</td><td colspan="5">does not run: <bdi>%s</bdi></td></tr>
          """
              .formatted(m.batch(), m.sequence(), escape(m.reason()));
    };
  }

  private static String memory(Report report) {
    return report
        .memory()
        .map(m ->
            """
            <tr><td>peak memory of a session, largest shape</td><td class="n">%,d</td>\
            <td class="n">%,d</td><td class="n">%.3f</td></tr>
            """
                .formatted(
                    m.originalPeakBytes(),
                    m.compressedPeakBytes(),
                    (double) m.compressedPeakBytes() / Math.max(1, m.originalPeakBytes())))
        .orElse("");
  }

  private static String sites(Report report) {
    return report.sites().stream()
        .map(s ->
            """
            <tr><td><bdi>%s</bdi></td><td>%s</td><td class="n">%d × %d</td><td>%s</td>\
            <td class="n">%s</td><td class="n">%.3f</td><td><bdi>%s</bdi></td></tr>
            """
                .formatted(
                    escape(s.name()),
                    escape(s.kind()),
                    s.shape().get(0),
                    s.shape().get(1),
                    escape(s.decision()),
                    s.rank() == 0 ? "–" : Integer.toString(s.rank()),
                    s.retainedEnergy(),
                    escape(s.reason())))
        .collect(Collectors.joining());
  }

  private static String provenance(Report report) {
    return report.provenance().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(e ->
            "<tr><th>%s</th><td>%s</td></tr>\n"
                .formatted(escape(e.getKey()), escape(String.valueOf(e.getValue()))))
        .collect(Collectors.joining());
  }

  /** Markup loses its meaning; control and direction characters are shown by number. */
  static String escape(String text) {
    return text.codePoints()
        .mapToObj(c ->
            switch (c) {
              case '<' -> "&lt;";
              case '>' -> "&gt;";
              case '&' -> "&amp;";
              case '"' -> "&quot;";
              case '\'' -> "&#39;";
              default ->
                  Character.isISOControl(c) || Character.getType(c) == Character.FORMAT
                      ? String.format(Locale.ROOT, "[U+%04X]", c)
                      : Character.toString(c);
            })
        .collect(Collectors.joining());
  }
}
