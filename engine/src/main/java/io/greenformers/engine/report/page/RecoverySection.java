package io.greenformers.engine.report.page;

import io.greenformers.engine.report.Documents;
import io.greenformers.engine.report.Report;
import io.greenformers.engine.report.Words;
import java.util.List;
import java.util.stream.Stream;

/** The training. */
final class RecoverySection {
  private RecoverySection() {}

  static Html of(Report report) {
    return report.recovery().map(RecoverySection::section).orElse(Html.NONE);
  }

  private static Html section(Documents.Training training) {
    return Html.of(
        """
        <section><h2>Recovery</h2>
        <p>%,d steps in %.0f s on %s in %s, with the original as the teacher. The model is the one \
        after epoch %d; it was judged by texts that were held out of the training set. %s</p>
        <div class="two">%s%s</div></section>
        """,
        training.steps(),
        training.seconds(),
        training.device(),
        training.precision(),
        training.bestEpoch(),
        training.endedEarly().map(why -> "It ended early: " + why + ".").orElse(""),
        training.losses().isEmpty() ? Html.NONE : curve(training),
        quality(training));
  }

  private static Html curve(Documents.Training training) {
    List<Plot.Point> steps =
        training.losses().stream()
            .map(p ->
                new Plot.Point(
                    p.step(), p.loss(), Words.say("step %d: loss %.4f", p.step(), p.loss())))
            .toList();
    List<Plot.Point> heldOut =
        training.quality().stream()
            .map(q ->
                new Plot.Point(
                    (double) training.steps() * q.epoch() / Math.max(1, lastEpoch(training)),
                    q.loss(),
                    Words.say("held out, after epoch %d: loss %.4f", q.epoch(), q.loss())))
            .toList();
    Html chart =
        new Plot(
                new Axis("step →", 0, Math.max(1, training.steps())),
                Axis.around(
                    "↑ loss",
                    Stream.concat(steps.stream(), heldOut.stream()).mapToDouble(Plot.Point::y)))
            .line("main", steps)
            .points("faint", steps)
            .points("ours", heldOut)
            .svg("The loss of the training by step, and on held-out texts after every epoch");
    return Figure.of(
        "Loss by step; the large points are held-out texts after every epoch",
        chart,
        List.of("step", "loss"),
        training.losses().stream()
            .map(p -> List.of(Words.say("%d", p.step()), Words.say("%.4f", p.loss())))
            .toList());
  }

  private static int lastEpoch(Documents.Training training) {
    return training.quality().stream().mapToInt(Documents.Quality::epoch).max().orElse(1);
  }

  private static Html quality(Documents.Training training) {
    return Html.of(
        """
        <div class="scroll"><table><caption>On held-out texts</caption>
        <thead><tr><th scope="col" class="n">after epoch</th>\
        <th scope="col" class="n">loss</th><th scope="col" class="n">accuracy</th></tr></thead>
        <tbody>%s</tbody></table></div>
        """,
        Html.join(
            training.quality().stream()
                .map(q -> row(q, q.epoch() == training.bestEpoch()))
                .toList()));
  }

  private static Html row(Documents.Quality quality, boolean best) {
    return Html.of(
        "<tr><td class=\"n\">%s</td><td class=\"n\">%.4f</td><td class=\"n\">%s</td></tr>\n",
        best ? Html.of("<b>%d, kept</b>", quality.epoch()) : Html.of("%d", quality.epoch()),
        quality.loss(),
        quality.accuracy().map(a -> Words.say("%.4f", a)).orElse("–"));
  }
}
