package io.greenformers.cli.terminal;

import java.util.stream.Collectors;

/** Names that came out of a model, made safe for a terminal. */
public final class Text {
  private Text() {}

  /** Control and direction characters are shown by number: they could rewrite the screen. */
  public static String printable(String text) {
    return text.codePoints()
        .mapToObj(c ->
            Character.isISOControl(c) || Character.getType(c) == Character.FORMAT
                ? "[U+%04X]".formatted(c)
                : Character.toString(c))
        .collect(Collectors.joining());
  }
}
