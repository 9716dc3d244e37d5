package io.greenformers.engine.report.page;

import io.greenformers.engine.report.Documents;
import io.greenformers.engine.report.Report;
import java.util.TreeSet;

/** What ONNX Runtime makes of both models. */
final class FusedOperatorsSection {
  private FusedOperatorsSection() {}

  static Html of(Report report) {
    return report
        .fusedOperators()
        .filter(fused -> !fused.before().isEmpty() || !fused.after().isEmpty())
        .map(FusedOperatorsSection::section)
        .orElse(Html.NONE);
  }

  private static Html section(Documents.FusedOperators fused) {
    TreeSet<String> operators = new TreeSet<>(fused.before().keySet());
    operators.addAll(fused.after().keySet());
    return Html.of(
        """
        <section><h2>Fused operators</h2><div class="scroll"><table>
        <thead><tr><th scope="col">made by ONNX Runtime</th><th scope="col" class="n">original</th>\
        <th scope="col" class="n">compressed</th></tr></thead><tbody>%s</tbody></table></div></section>
        """,
        Html.join(
            operators.stream()
                .map(operator ->
                    Html.of(
                        """
                        <tr><th scope="row"><bdi>%s</bdi></th><td class="n">%d</td><td class="n">%d</td></tr>
                        """,
                        operator,
                        fused.before().getOrDefault(operator, 0),
                        fused.after().getOrDefault(operator, 0)))
                .toList()));
  }
}
