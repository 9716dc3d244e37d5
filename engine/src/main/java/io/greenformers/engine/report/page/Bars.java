package io.greenformers.engine.report.page;

import java.util.List;

/** Pairs of bars, original above compressed; plain elements, so that text keeps its size. */
final class Bars {
  private static final double PERCENT = 100;

  private Bars() {}

  /**
   * One bar.
   *
   * @param value its length
   * @param further where its whisker ends; no whisker where it is the value
   */
  record Bar(double value, double further, String label) {}

  /** Both bars of one thing. */
  record Pair(String name, String note, Bar original, Bar compressed) {}

  /**
   * A chart of pairs. It is hidden from screen readers: the table beside it says the same.
   *
   * @param ownScale whether each pair fills the width
   */
  static Html chart(List<Pair> pairs, boolean ownScale) {
    double longest = pairs.stream().mapToDouble(Bars::longest).max().orElse(1);
    return Html.of(
        """
        <div class="bars" aria-hidden="true">
        <p class="legend"><span class="key original"></span>original \
        <span class="key compressed"></span>compressed</p>
        %s</div>
        """,
        Html.join(pairs.stream().map(p -> pair(p, ownScale ? longest(p) : longest)).toList()));
  }

  private static double longest(Pair pair) {
    return Math.max(pair.original().further(), pair.compressed().further());
  }

  private static Html pair(Pair pair, double longest) {
    return Html.of(
        """
        <div class="pair"><span>%s</span><span class="note">%s</span>
        %s%s</div>
        """,
        pair.name(),
        pair.note(),
        bar("original", pair.original(), longest),
        bar("compressed", pair.compressed(), longest));
  }

  private static Html bar(String which, Bar bar, double longest) {
    double scale = longest > 0 ? PERCENT / longest : 0;
    return Html.of(
        """
        <div class="track"><div class="line">%s<div class="bar %s" style="width:%.1f%%"></div>\
        </div><span>%s</span></div>
        """,
        bar.further() > bar.value()
            ? Html.of(
                "<div class=\"whisker\" style=\"left:%.1f%%;width:%.1f%%\"></div>",
                bar.value() * scale, (bar.further() - bar.value()) * scale)
            : Html.NONE,
        which,
        bar.value() * scale,
        bar.label());
  }
}
