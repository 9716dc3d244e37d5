package io.greenformers.engine.report.page;

import io.greenformers.engine.report.Documents;
import io.greenformers.engine.report.Report;
import io.greenformers.engine.report.Words;

/** Bytes of all files, and which part takes them. */
final class SizeSection {
  private SizeSection() {}

  static Html of(Report report) {
    Documents.Size size = report.size();
    return Html.of(
        """
        <section><h2>Size</h2>
        %s<div class="scroll"><table>
        <thead><tr><th scope="col">what</th><th scope="col" class="n">original</th>\
        <th scope="col" class="n">compressed</th><th scope="col" class="n">ratio</th></tr></thead>
        <tbody>%s%s%s</tbody><tbody>%s</tbody></table></div></section>
        """,
        chart(report),
        row("bytes of all files", size.originalBytes(), size.compressedBytes()),
        row("parameters", size.originalParameters(), size.compressedParameters()),
        report
            .memory()
            .map(m ->
                row(
                    "peak memory of a session, largest shape, bytes",
                    m.originalPeakBytes(),
                    m.compressedPeakBytes()))
            .orElse(Html.NONE),
        Html.join(
            report.parts().stream()
                .map(p -> row("bytes of " + p.part(), p.originalBytes(), p.compressedBytes()))
                .toList()));
  }

  private static Html chart(Report report) {
    return Bars.chart(report.parts().stream().map(SizeSection::pair).toList(), false);
  }

  private static Bars.Pair pair(Documents.PartSize part) {
    return new Bars.Pair(part.part(), "", bar(part.originalBytes()), bar(part.compressedBytes()));
  }

  private static Bars.Bar bar(long bytes) {
    return new Bars.Bar(bytes, bytes, Words.bytes(bytes));
  }

  private static Html row(String what, long original, long compressed) {
    return Html.of(
        """
        <tr><th scope="row">%s</th><td class="n">%,d</td><td class="n">%,d</td>\
        <td class="n">%s</td></tr>
        """,
        what,
        original,
        compressed,
        original == 0 ? "–" : Words.say("%.3f", (double) compressed / original));
  }
}
