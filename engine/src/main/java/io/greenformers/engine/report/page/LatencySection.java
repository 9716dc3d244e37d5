package io.greenformers.engine.report.page;

import io.greenformers.engine.evaluation.LatencyGrid;
import io.greenformers.engine.report.Latencies;
import io.greenformers.engine.report.Report;
import io.greenformers.engine.report.Words;

/** How long both models take, by batch and length. */
final class LatencySection {
  private LatencySection() {}

  static Html of(Report report) {
    return report.latency().isEmpty()
        ? Html.of("<section><h2>Latency</h2><p>The models were not timed.</p></section>\n")
        : Html.of(
            """
            <section><h2>Latency</h2>
            <p class="soft">Batch × length, each on its own scale: the median (p50) in ms, the whisker \
            to the 90th percentile. Both models ran in turn; the speed-up is the median of \
            the runs' own ratios, its interval holds that median at 95 %%.</p>
            %s<div class="scroll"><table>
            <thead><tr><th scope="col">batch × length, ms</th><th scope="col" class="n">original p50</th>\
            <th scope="col" class="n">p90</th><th scope="col" class="n">compressed p50</th>\
            <th scope="col" class="n">p90</th><th scope="col" class="n">speed-up</th>\
            <th scope="col" class="n">interval</th></tr></thead>
            <tbody>%s</tbody></table></div></section>
            """,
            Bars.chart(Latencies.cells(report).stream().map(LatencySection::pair).toList(), true),
            Html.join(report.latency().stream().map(LatencySection::row).toList()));
  }

  private static Bars.Pair pair(LatencyGrid.Cell cell) {
    return new Bars.Pair(
        Words.say("%d × %d", cell.batch(), cell.sequence()),
        Words.say("%.2f×", cell.speedup()),
        bar(cell.originalMs()),
        bar(cell.compressedMs()));
  }

  private static Bars.Bar bar(LatencyGrid.Percentiles ms) {
    return new Bars.Bar(ms.p50(), ms.p90(), Words.say("%.2f ms", ms.p50()));
  }

  private static Html row(LatencyGrid.Measured measured) {
    return switch (measured) {
      case LatencyGrid.Cell c ->
          Html.of(
              """
              <tr><th scope="row">%d × %d</th><td class="n">%.2f</td><td class="n">%.2f</td>\
              <td class="n">%.2f</td><td class="n">%.2f</td><td class="n">%.2f×</td>\
              <td class="n">%.2f to %.2f</td></tr>
              """,
              c.batch(),
              c.sequence(),
              c.originalMs().p50(),
              c.originalMs().p90(),
              c.compressedMs().p50(),
              c.compressedMs().p90(),
              c.speedup(),
              c.speedupInterval().low(),
              c.speedupInterval().high());
      case LatencyGrid.Missing m ->
          Html.of(
              """
              <tr><th scope="row">%d × %d</th><td colspan="6">does not run: <bdi>%s</bdi></td></tr>
              """,
              m.batch(), m.sequence(), m.reason());
    };
  }
}
