package io.greenformers.engine.report.page;

import io.greenformers.engine.report.Documents;
import io.greenformers.engine.report.Report;
import io.greenformers.engine.report.Words;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * How much of a site's energy a rank retains. The page shows one site, and the script any other of
 * those that are handed over.
 */
final class SpectrumSection {
  /** About 800 bytes each, of a page that is to stay below 600 KB. */
  private static final int MOST_SITES = 200;

  private SpectrumSection() {}

  static Html of(Report report) {
    List<Documents.SiteDecision> sites =
        report.sites().stream()
            .filter(site -> site.spectrum().isPresent())
            .sorted(Comparator.comparingLong(SpectrumSection::weights).reversed())
            .limit(MOST_SITES)
            .toList();
    return sites.isEmpty()
        ? Html.NONE
        : Html.of(
            """
            <section><h2>Spectra</h2>
            <p class="soft">The share of a weight's energy Σσ² that the leading singular values hold, \
            in the norm of its inputs where there was data to calibrate with, and the values \
            themselves beside the largest (dashed). The upright line is the rank that was chosen. \
            Shown is the largest of %d sites%s.</p>
            <div id="spectrum">%s</div>
            <script type="application/json" id="spectra">%s</script></section>
            """,
            sites.size(),
            sites.size() == MOST_SITES ? ", of which this page has no more" : "",
            figure(sites.getFirst()),
            new Html(json(sites)));
  }

  private static long weights(Documents.SiteDecision site) {
    return (long) site.shape().get(0) * site.shape().get(1);
  }

  private static Html figure(Documents.SiteDecision site) {
    Documents.SpectrumCurve curve = site.spectrum().orElseThrow();
    List<Plot.Point> retained =
        IntStream.range(0, curve.ranks().size())
            .mapToObj(i ->
                new Plot.Point(
                    curve.ranks().get(i),
                    curve.retained().get(i),
                    Words.say("rank %d: %.4f", curve.ranks().get(i), curve.retained().get(i))))
            .toList();
    List<Plot.Point> values =
        IntStream.range(0, curve.ranks().size())
            .mapToObj(i -> new Plot.Point(curve.ranks().get(i), curve.values().get(i), ""))
            .toList();
    Plot plot =
        new Plot(
                new Axis("rank →", 0, Math.max(1, curve.ranks().getLast())),
                new Axis("↑ share", 0, 1))
            .line("main", retained)
            .line("dashed", values)
            .points("faint", retained);
    if (site.rank() > 0) {
      plot.vertical("chosen", site.rank());
    }
    return Figure.of(
        Words.say(
            "%s: %s",
            site.name(),
            site.rank() > 0
                ? Words.say("rank %d retains %.4f", site.rank(), site.retainedEnergy())
                : "kept"),
        plot.svg("Retained energy by rank; the numbers are in the table below"),
        List.of("rank", "retained energy", "σ/σ₁"),
        IntStream.range(0, curve.ranks().size())
            .mapToObj(i ->
                List.of(
                    Words.say("%d", curve.ranks().get(i)),
                    Words.say("%.4f", curve.retained().get(i)),
                    Words.say("%.4f", curve.values().get(i))))
            .toList());
  }

  /** JSON within a script element: nothing in it may end the element. */
  static String json(List<Documents.SiteDecision> sites) {
    List<Map<String, Object>> rows =
        sites.stream()
            .map(site -> {
              Documents.SpectrumCurve curve = site.spectrum().orElseThrow();
              return Map.<String, Object>of(
                  "name", Html.visible(site.name()),
                  "rank", site.rank(),
                  "energy", site.retainedEnergy(),
                  "ranks", curve.ranks(),
                  "retained", curve.retained(),
                  "values", curve.values());
            })
            .toList();
    return new JsonMapper()
        .writeValueAsString(rows)
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026");
  }
}
