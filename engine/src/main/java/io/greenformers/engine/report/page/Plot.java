package io.greenformers.engine.report.page;

import io.greenformers.engine.report.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A chart with two linear axes, as inline SVG. The page's script lets its points be walked along.
 */
final class Plot {
  static final int WIDTH = 480;
  static final int HEIGHT = 260;
  static final int LEFT = 58;
  static final int RIGHT = 466;
  static final int TOP = 14;
  static final int BOTTOM = 212;

  private static final int TICK_GAP = 8;
  private static final int LABEL_GAP = 20;

  private final Axis x;
  private final Axis y;
  private final List<Html> marks = new ArrayList<>();

  Plot(Axis x, Axis y) {
    this.x = x;
    this.y = y;
  }

  /**
   * A point of a chart.
   *
   * @param says what it stands for, for people
   */
  record Point(double x, double y, String says) {}

  /** A line through points, in their order. */
  Plot line(String kind, List<Point> points) {
    String path =
        points.stream()
            .map(p -> Words.say("%.1f %.1f", atX(p.x()), atY(p.y())))
            .collect(Collectors.joining("L"));
    marks.add(Html.of("<path class=\"line %s\" d=\"M%s\"/>\n", kind, path));
    return this;
  }

  /** Points that tell what they stand for. */
  Plot points(String kind, List<Point> points) {
    for (Point point : points) {
      marks.add(
          Html.of(
              "<circle class=\"point %s\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"><title>%s</title></circle>\n",
              kind, atX(point.x()), atY(point.y()), point.says()));
    }
    return this;
  }

  /** A line from the bottom to the top. */
  Plot vertical(String kind, double at) {
    marks.add(
        Html.of(
            "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>\n",
            kind, atX(at), atX(at), TOP, BOTTOM));
    return this;
  }

  /**
   * The chart.
   *
   * @param says what it shows, for those who do not see it
   */
  Html svg(String says) {
    return Html.of(
        """
        <svg viewBox="0 0 %d %d" role="img" aria-label="%s">
        %s%s<text class="label" x="%d" y="%d" text-anchor="end">%s</text>
        <text class="label" x="4" y="%d">%s</text>
        %s</svg>
        """,
        WIDTH,
        HEIGHT,
        says,
        Html.join(x.ticks().stream().map(this::xTick).toList()),
        Html.join(y.ticks().stream().map(this::yTick).toList()),
        RIGHT,
        BOTTOM + 2 * LABEL_GAP,
        x.label(),
        BOTTOM + 2 * LABEL_GAP,
        y.label(),
        Html.join(marks));
  }

  private Html xTick(double tick) {
    return Html.of(
        "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>\n",
        atX(tick), BOTTOM + LABEL_GAP, x.say(tick));
  }

  private Html yTick(double tick) {
    return Html.of(
        """
        <line class="grid" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/>\
        <text class="tick" x="%d" y="%.1f" text-anchor="end" dominant-baseline="middle">%s</text>
        """,
        LEFT, RIGHT, atY(tick), atY(tick), LEFT - TICK_GAP, atY(tick), y.say(tick));
  }

  private double atX(double value) {
    return LEFT + x.share(value) * (RIGHT - LEFT);
  }

  private double atY(double value) {
    return BOTTOM - y.share(value) * (BOTTOM - TOP);
  }
}
