package io.greenformers.engine.report.page;

import io.greenformers.engine.report.Report;
import io.greenformers.engine.report.Words;
import java.util.OptionalDouble;

/** What a reader wants to know first: the verdict, and each figure before and after. */
final class Headline {
  private Headline() {}

  static Html of(Report report) {
    return Html.of(
        """
        <header>
        <p class="soft">Greenformers report <bdi>%s</bdi></p>
        <h1 class="%s">%s</h1>
        <ul class="tiles">
        %s%s%s%s</ul>
        %s</header>
        """,
        model(report),
        report.gate().passed() ? "passed" : "failed",
        Words.verdict(report),
        size(report),
        speed(report),
        quality(report),
        proof(report),
        bounds(report));
  }

  /** The model's file name, or its hash in a service. */
  static String model(Report report) {
    String model = String.valueOf(report.provenance().getOrDefault("model", "model"));
    return model.substring(Math.max(model.lastIndexOf('/'), model.lastIndexOf('\\')) + 1);
  }

  private static Html tile(String what, String figure, String more) {
    return Html.of(
        """
        <li><span class="what">%s</span><strong>%s</strong><span class="soft">%s</span></li>
        """,
        what, figure, more);
  }

  private static Html size(Report report) {
    return tile(
        "of the size",
        Words.say("%.3f", report.size().ratio()),
        Words.say(
            "%s → %s",
            Words.bytes(report.size().originalBytes()),
            Words.bytes(report.size().compressedBytes())));
  }

  private static Html speed(Report report) {
    OptionalDouble worst = Words.worstSpeedup(report);
    return worst.isEmpty()
        ? Html.NONE
        : tile(
            "times as fast, at least",
            Words.say("%.2f×", worst.getAsDouble()),
            Words.say(
                "up to %.2f×, %d shapes timed",
                Words.bestSpeedup(report).orElse(worst.getAsDouble()), report.latency().size()));
  }

  private static Html quality(Report report) {
    return report
        .accuracy()
        .map(a ->
            tile(
                Words.say("%s, drop of %s", a.metric(), Words.drop(a, a.drop()).replace("+", "")),
                Words.say("%.4f", a.compressed()),
                Words.say(
                    "from %.4f; the drop is at most %s at %s",
                    a.original(),
                    Words.drop(a, a.dropUpperBound()).replace("+", ""),
                    Words.percent(a.confidence()))))
        .or(() ->
            report
                .fidelity()
                .map(f ->
                    tile(
                        "cosine of the outputs",
                        Words.say("%.4f", f.cosine()),
                        Words.say(
                            "relative L2 distance %.4f; accuracy is not known without labels",
                            f.relativeL2()))))
        .orElse(Html.NONE);
  }

  private static Html proof(Report report) {
    return report
        .parity()
        .map(p ->
            tile(
                "proof of the rewrite",
                Words.say("%.0e", p.maxRelative()),
                "largest difference at full rank"))
        .orElse(Html.NONE);
  }

  private static Html bounds(Report report) {
    return report.gate().bounds().isEmpty()
        ? Html.NONE
        : Html.of(
            """
            <div class="scroll"><table><caption>The budget</caption>
            <thead><tr><th scope="col">bound</th><th scope="col" class="n">asked, at most</th>\
            <th scope="col" class="n">found</th><th scope="col">verdict</th></tr></thead>
            <tbody>%s</tbody></table></div>
            """,
            Html.join(report.gate().bounds().stream().map(Headline::row).toList()));
  }

  private static Html row(Report.Bound bound) {
    return Html.of(
        """
        <tr><th scope="row">%s</th><td class="n">%.4f</td><td class="n">%s</td>\
        <td class="%s">%s</td></tr>
        """,
        Words.bound(bound.name()),
        bound.most(),
        bound.found().map(value -> Words.say("%.4f", value)).orElse("not measured"),
        bound.holds() ? "passed" : "failed",
        bound.holds() ? "✓ holds" : "✗ does not hold");
  }
}
