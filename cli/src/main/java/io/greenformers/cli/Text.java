package io.greenformers.cli;

import java.util.stream.Collectors;

/** Names that came out of a model, made safe for a terminal. */
final class Text {
  private Text() {}

  /** Control and direction characters are shown by number: they could rewrite the screen. */
  static String printable(String text) {
    return text.codePoints()
        .mapToObj(c ->
            Character.isISOControl(c) || Character.getType(c) == Character.FORMAT
                ? "[U+%04X]".formatted(c)
                : Character.toString(c))
        .collect(Collectors.joining());
  }
}
