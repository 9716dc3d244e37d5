package io.greenformers.engine.report.page;

import java.util.List;

/** A chart with its numbers as a table. */
final class Figure {
  private Figure() {}

  /**
   * The figure.
   *
   * @param columns names of the table's columns
   * @param rows its cells
   */
  static Html of(String caption, Html chart, List<String> columns, List<List<String>> rows) {
    return Html.of(
        """
        <figure class="chart"><figcaption>%s</figcaption>
        %s<details><summary>The numbers</summary><div class="scroll"><table>
        <thead><tr>%s</tr></thead><tbody>%s</tbody></table></div></details></figure>
        """,
        caption,
        chart,
        Html.join(
            columns.stream()
                .map(name -> Html.of("<th scope=\"col\" class=\"n\">%s</th>", name))
                .toList()),
        Html.join(rows.stream().map(Figure::row).toList()));
  }

  private static Html row(List<String> cells) {
    return Html.of(
        "<tr>%s</tr>\n",
        Html.join(cells.stream().map(cell -> Html.of("<td class=\"n\">%s</td>", cell)).toList()));
  }
}
