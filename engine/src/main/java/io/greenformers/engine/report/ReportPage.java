package io.greenformers.engine.report;

import static io.greenformers.engine.report.Markup.escape;

import java.util.Map;
import java.util.TreeMap;
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
        --soft: color-mix(in srgb, currentColor 65%%, transparent); --good: #1a7f4b; --bad: #b3261e }
      @media (prefers-color-scheme: dark) { :root { --good: #5fd39a; --bad: #ff8a80 } }
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem }
      h1 { font-size: 1.6rem; margin: 0 } h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem }
      .verdict { font-size: 1.15rem; font-weight: 600; margin: .2rem 0 }
      .passed { color: var(--good) } .failed { color: var(--bad) }
      .soft { color: var(--soft) }
      .scroll { overflow-x: auto }
      table { border-collapse: collapse; font-variant-numeric: tabular-nums }
      .figures { width: 100%%; max-width: 44rem } .sites { width: 100%%; font-size: .9rem }
      .figures td:first-child { min-width: 8rem } .sites td:first-child { min-width: 14rem }
      .sites td:last-child { min-width: 10rem }
      th, td { text-align: left; padding: .3rem 1.2rem .3rem 0; border-bottom: 1px solid var(--line);
        vertical-align: top }
      tr > :last-child { padding-right: 0 } th { font-weight: 600; vertical-align: bottom }
      td.n, th.n { text-align: right; white-space: nowrap } bdi { overflow-wrap: anywhere }
      </style></head><body>
      <h1>Greenformers report</h1>
      <p class="verdict %s">%s</p>
      <p class="soft">Method %s, solver %s.</p>
      <h2>Size</h2><div class="scroll"><table class="figures">
      <tr><th></th><th class="n">original</th><th class="n">compressed</th><th class="n">ratio</th></tr>
      %s</table></div>
      <h2>Latency</h2><div class="scroll"><table class="figures">
      <tr><th>batch × sequence, ms</th><th class="n">original<br>p50</th><th class="n">original<br>p90</th>
      <th class="n">compressed<br>p50</th><th class="n">compressed<br>p90</th><th class="n">speed-up</th></tr>
      %s</table></div>
      %s%s
      <h2>Fidelity and parity</h2>
      <p>%s
      Before anything was truncated, the same rewrite at full rank differed from the original by at
      most %.1e of its largest output (%d batches).</p>
      %s%s<h2>Sites</h2>
      <p>%s</p>
      <div class="scroll"><table class="sites">
      <tr><th>site</th><th>kind</th><th class="n">shape</th><th>decision</th><th class="n">rank</th>
      <th class="n">energy</th><th>reason</th></tr>
      %s</table></div>
      <h2>Provenance</h2><div class="scroll"><table>%s</table></div>
      </body></html>
      """;

  private ReportPage() {}

  /** The page; complete in itself. */
  public static String html(Report report) {
    return PAGE.formatted(
        report.gate().passed() ? "passed" : "failed",
        verdict(report),
        escape(report.method()),
        escape(report.solver()) + report.solverReason().map(r -> ": " + escape(r)).orElse(""),
        Figures.size(report),
        Figures.latency(report),
        Figures.accuracy(report),
        Figures.fusedOperators(report),
        fidelity(report),
        report.parity().maxRelative(),
        report.parity().batches(),
        recovery(report),
        plan(report),
        summary(report),
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

  private static String fidelity(Report report) {
    String on =
        report.accuracy().isPresent()
            ? "the same texts"
            : "the evaluation texts, or on random valid inputs without them";
    return report
        .fidelity()
        .map(f ->
            "Outputs on %s: cosine %.6f, relative L2 distance %.4f."
                .formatted(on, f.cosine(), f.relativeL2()))
        .orElse("Outputs were not compared.");
  }

  private static String recovery(Report report) {
    return report.recovery().map(RecoverySection::html).orElse("");
  }

  private static String plan(Report report) {
    return report
        .plan()
        .map(plan -> "<h2>What was tried</h2>\n" + remarks(plan) + candidates(plan))
        .orElse("");
  }

  private static String remarks(Documents.Plan plan) {
    return plan.remarks().stream()
        .map(remark -> "<p><bdi>%s</bdi></p>\n".formatted(escape(remark)))
        .collect(Collectors.joining());
  }

  private static String candidates(Documents.Plan plan) {
    if (plan.candidates().isEmpty()) {
      return "";
    }
    String rows = plan.candidates().stream().map(ReportPage::row).collect(Collectors.joining("\n"));
    return """
    <div class="scroll"><table><tr><th class="n">size ratio</th><th class="n">distortion</th>
    <th class="n">accuracy</th><th class="n">drop at most, points</th></tr>
    %s</table></div>
    """
        .formatted(rows);
  }

  private static String row(Documents.Candidate c) {
    return "<tr><td class=\"n\">%.3f</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td></tr>"
        .formatted(
            c.sizeRatio(),
            c.distortion().map("%.4f"::formatted).orElse("–"),
            c.accuracy().map("%.4f"::formatted).orElse("–"),
            c.dropUpperBound().map(d -> "%+.2f".formatted(100 * d)).orElse("–"));
  }

  private static String summary(Report report) {
    long factorized = report.sites().stream().filter(s -> s.decision().equals("factorize")).count();
    return "%d of %d sites are factorized.".formatted(factorized, report.sites().size());
  }

  private static String sites(Report report) {
    return report.sites().stream().map(ReportPage::row).collect(Collectors.joining());
  }

  private static String row(Documents.SiteDecision s) {
    boolean kept = s.rank() == 0;
    return """
    <tr%s><td><bdi>%s</bdi></td><td>%s</td><td class="n">%d × %d</td><td>%s</td>\
    <td class="n">%s</td><td class="n">%s</td><td><bdi>%s</bdi></td></tr>
    """
        .formatted(
            kept ? " class=\"soft\"" : "",
            escape(s.name()).replace("/", "/<wbr>"),
            escape(s.kind()),
            s.shape().get(0),
            s.shape().get(1),
            escape(s.decision()),
            kept ? "–" : Integer.toString(s.rank()),
            kept ? "–" : "%.3f".formatted(s.retainedEnergy()),
            escape(s.reason()));
  }

  private static String provenance(Report report) {
    return rows(report.provenance());
  }

  private static String rows(Map<String, Object> values) {
    return new TreeMap<>(values)
        .entrySet().stream()
            .map(e ->
                "<tr><th>%s</th><td><bdi>%s</bdi></td></tr>\n"
                    .formatted(escape(e.getKey()), escape(String.valueOf(e.getValue()))))
            .collect(Collectors.joining());
  }
}
