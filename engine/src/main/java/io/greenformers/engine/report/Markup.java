package io.greenformers.engine.report;

import java.util.Locale;
import java.util.stream.Collectors;

/** Text in a page. */
final class Markup {
  private Markup() {}

  /** Markup loses its meaning; control and direction characters are shown by number. */
  static String escape(String text) {
    return text.codePoints()
        .mapToObj(c ->
            switch (c) {
              case '<' -> "&lt;";
              case '>' -> "&gt;";
              case '&' -> "&amp;";
              case '"' -> "&quot;";
              case '\'' -> "&#39;";
              default ->
                  Character.isISOControl(c) || Character.getType(c) == Character.FORMAT
                      ? String.format(Locale.ROOT, "[U+%04X]", c)
                      : Character.toString(c);
            })
        .collect(Collectors.joining());
  }
}
