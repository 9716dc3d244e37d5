package io.greenformers.engine.report.page;

import io.greenformers.engine.report.Report;
import java.util.TreeMap;

/** Where the figures come from, and how to get them again. */
final class ProvenanceSection {
  private ProvenanceSection() {}

  static Html of(Report report) {
    return Html.of(
        """
        <section><h2>Provenance</h2>
        <p>Both models ran on this machine with these versions, method %s, solver %s.</p>
        <div class="scroll"><table><tbody>%s</tbody></table></div>
        %s</section>
        """,
        report.method(),
        report.solver() + report.solverReason().map(why -> ": " + why).orElse(""),
        Html.join(
            new TreeMap<>(report.provenance())
                .entrySet().stream()
                    .map(e ->
                        Html.of(
                            "<tr><th scope=\"row\">%s</th><td><bdi>%s</bdi></td></tr>\n",
                            e.getKey(), String.valueOf(e.getValue())))
                    .toList()),
        report.method().equals("verification") ? Html.NONE : replay());
  }

  private static Html replay() {
    return Html.of(
        """
        <p><code>manifest.json</code> beside this page holds the request, the hashes of all inputs, \
        versions, seed and ranks. To get the same model again:</p>
        <pre tabindex="0" role="region" aria-label="How to replay">greenformers replay manifest.json --out again</pre>
        """);
  }
}
