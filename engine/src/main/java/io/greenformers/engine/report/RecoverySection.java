package io.greenformers.engine.report;

import java.util.stream.Collectors;

/** The page's part about the training. */
final class RecoverySection {
  private RecoverySection() {}

  static String html(Documents.Training training) {
    String rows =
        training.quality().stream()
            .map(quality -> row(quality, training.bestEpoch()))
            .collect(Collectors.joining("\n"));
    return """
    <h2>Recovery</h2>
    <p>%,d steps in %.0f s on %s in %s, with the original as the teacher. The model is the one after
    epoch %d; the table is of texts that were held out of the training set. %s</p>
    <div class="scroll"><table><tr><th class="n">epoch</th><th class="n">loss</th>
    <th class="n">accuracy</th></tr>
    %s</table></div>
    """
        .formatted(
            training.steps(),
            training.seconds(),
            training.device(),
            training.precision(),
            training.bestEpoch(),
            training
                .endedEarly()
                .map(why -> "It ended early: " + Markup.escape(why) + ".")
                .orElse(""),
            rows);
  }

  private static String row(Documents.Quality quality, int best) {
    return "<tr><td class=\"n\">%s</td><td class=\"n\">%.4f</td><td class=\"n\">%s</td></tr>"
        .formatted(
            quality.epoch() == best ? "<b>%d</b>".formatted(best) : quality.epoch(),
            quality.loss(),
            quality.accuracy().map("%.4f"::formatted).orElse("–"));
  }
}
