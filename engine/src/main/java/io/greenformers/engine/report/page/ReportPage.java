package io.greenformers.engine.report.page;

import io.greenformers.engine.report.Report;

/**
 * The report as one page: no network, readable without its script, on a phone and on paper.
 *
 * <p>Its security policy lets nothing run but the script of ours, by its hash: a name that got
 * through the escaping would still be dead.
 */
public final class ReportPage {
  private static final Asset STYLE = Asset.read("report.css");
  private static final Asset SCRIPT = Asset.read("report.js");

  private ReportPage() {}

  /** The page; complete in itself. */
  public static String html(Report report) {
    return Html.of(
            """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" \
            content="default-src 'none'; style-src 'unsafe-inline'; script-src '%s'">
            <title>Greenformers report: %s</title>
            <style>%s</style>
            </head>
            <body>
            <main>
            %s%s%s%s%s%s%s%s%s%s
            </main>
            <script>%s</script>
            </body>
            </html>
            """,
            new Html(SCRIPT.hash()),
            Headline.model(report),
            new Html(STYLE.text()),
            Headline.of(report),
            SizeSection.of(report),
            LatencySection.of(report),
            QualitySection.of(report),
            CandidatesSection.of(report),
            RecoverySection.of(report),
            SpectrumSection.of(report),
            SitesSection.of(report),
            FusedOperatorsSection.of(report),
            ProvenanceSection.of(report),
            new Html(SCRIPT.text()))
        .markup();
  }
}
