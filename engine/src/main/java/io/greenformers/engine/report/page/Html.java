package io.greenformers.engine.report.page;

import io.greenformers.protocol.report.Visible;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Markup. A text becomes part of one only escaped: {@link #of} escapes every string that it is
 * given, so that a name of a model cannot be markup by mistake.
 */
record Html(String markup) {
  static final Html NONE = new Html("");

  /**
   * Fills in a template.
   *
   * @param template as {@link String#format}'s; markup of ours
   * @param values strings, which are escaped; markup, which is not; numbers
   */
  @SuppressWarnings("AnnotateFormatMethod") // values are not formatted as they are given
  static Html of(String template, Object... values) {
    return new Html(
        String.format(Locale.ROOT, template, Arrays.stream(values).map(Html::value).toArray()));
  }

  private static Object value(Object value) {
    return switch (value) {
      case Html html -> html.markup();
      case Number number -> number;
      default -> escape(value.toString());
    };
  }

  static Html text(String text) {
    return new Html(escape(text));
  }

  /** A text whose control and direction characters are shown by number. */
  static String visible(String text) {
    return Visible.escape(text, Character::toString);
  }

  static Html join(List<Html> parts) {
    return new Html(parts.stream().map(Html::markup).collect(Collectors.joining()));
  }

  static Html join(Html... parts) {
    return join(List.of(parts));
  }

  private static String escape(String text) {
    return Visible.escape(
        text,
        c ->
            switch (c) {
              case '<' -> "&lt;";
              case '>' -> "&gt;";
              case '&' -> "&amp;";
              case '"' -> "&quot;";
              case '\'' -> "&#39;";
              default -> Character.toString(c);
            });
  }
}
