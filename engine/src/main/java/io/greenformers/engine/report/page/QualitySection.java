package io.greenformers.engine.report.page;

import io.greenformers.engine.report.Report;
import io.greenformers.engine.report.Words;

/** Accuracy, the distance of the outputs, and the proof of the rewrite. */
final class QualitySection {
  private QualitySection() {}

  static Html of(Report report) {
    return Html.join(
        report.accuracy().map(QualitySection::accuracy).orElse(Html.NONE), outputs(report));
  }

  private static Html accuracy(Report.AccuracyFigures a) {
    return Html.of(
        """
        <section><h2>Accuracy</h2>
        <p class="soft">Both models on the same texts. The bounds come from 10,000 paired resamples \
        of them; the budget is judged by the upper one.</p>
        <div class="scroll"><table>
        <thead><tr><th scope="col">metric</th><th scope="col" class="n">original</th>\
        <th scope="col" class="n">compressed</th><th scope="col" class="n">drop</th>\
        <th scope="col" class="n">at least, at %s</th><th scope="col" class="n">at most, at %s</th>\
        </tr></thead>
        <tbody><tr><th scope="row">%s on %,d of <bdi>%s</bdi></th><td class="n">%.4f</td>\
        <td class="n">%.4f</td><td class="n">%s</td><td class="n">%s</td><td class="n">%s</td></tr>
        </tbody></table></div></section>
        """,
        Words.percent(a.confidence()),
        Words.percent(a.confidence()),
        a.metric(),
        a.samples(),
        a.split(),
        a.original(),
        a.compressed(),
        Words.drop(a, a.drop()),
        Words.drop(a, a.dropLowerBound()),
        Words.drop(a, a.dropUpperBound()));
  }

  private static Html outputs(Report report) {
    String on =
        report.accuracy().isPresent()
            ? "the same texts"
            : "the evaluation texts, or on random valid inputs without them";
    return Html.of(
        "<section><h2>Fidelity and parity</h2>\n%s%s</section>\n",
        report
            .fidelity()
            .map(f ->
                Html.of(
                    "<p>Outputs on %s: cosine %.6f, relative L2 distance %.4f.</p>\n",
                    on, f.cosine(), f.relativeL2()))
            .orElse(Html.text("Outputs were not compared. ")),
        report
            .parity()
            .map(p ->
                Html.of(
                    """
                    <p>Before anything was truncated, the same rewrite at full rank differed from the \
                    original by at most %.1e of its largest output (%d batches).</p>
                    """,
                    p.maxRelative(), p.batches()))
            .orElse(Html.NONE));
  }
}
