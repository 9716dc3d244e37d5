package io.greenformers.engine.report.page;

import io.greenformers.engine.report.Documents;
import io.greenformers.engine.report.Report;
import io.greenformers.engine.report.Words;

/** Every site, what was decided, and why. */
final class SitesSection {
  private static final double PERCENT = 100;

  /** About 500 bytes each, of a page that is to stay below 600 KB. */
  private static final int MOST_ROWS = 500;

  private SitesSection() {}

  static Html of(Report report) {
    return report.sites().isEmpty()
        ? Html.NONE
        : Html.of(
            """
            <section><h2>Sites</h2>
            <p>%s%s</p>
            <div class="scroll"><table class="sites" data-sortable>
            <thead><tr><th scope="col">site</th><th scope="col">kind</th><th scope="col" class="n">shape</th>\
            <th scope="col">decision</th><th scope="col" class="n">rank</th>\
            <th scope="col" class="n">energy</th><th scope="col">reason</th></tr></thead>
            <tbody>%s</tbody></table></div></section>
            """,
            Words.sites(report),
            report.sites().size() > MOST_ROWS
                ? Words.say(" The first %d are here, all are in report.json.", MOST_ROWS)
                : "",
            Html.join(report.sites().stream().limit(MOST_ROWS).map(SitesSection::row).toList()));
  }

  private static Html row(Documents.SiteDecision site) {
    return Html.of(
        """
        <tr><td><bdi>%s</bdi></td><td>%s</td><td class="n" data-by="%d">%d × %d</td><td>%s</td>\
        %s<td><bdi>%s</bdi></td></tr>
        """,
        new Html(Html.text(site.name()).markup().replaceAll("([/.])", "$1<wbr>")),
        site.kind(),
        (long) site.shape().get(0) * site.shape().get(1),
        site.shape().get(0),
        site.shape().get(1),
        site.decision(),
        site.rank() == 0 ? kept() : rank(site),
        site.reason());
  }

  private static Html kept() {
    return Html.of("<td class=\"n\" data-by=\"0\">–</td><td class=\"n\" data-by=\"-1\">–</td>");
  }

  private static Html rank(Documents.SiteDecision site) {
    return Html.of(
        """
        <td class="n" data-by="%d">%d</td><td class="n" data-by="%.6f">%.3f\
        <span class="meter"><span style="width:%.0f%%"></span></span></td>\
        """,
        site.rank(),
        site.rank(),
        site.retainedEnergy(),
        site.retainedEnergy(),
        PERCENT * site.retainedEnergy());
  }
}
