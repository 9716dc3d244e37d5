package io.greenformers.protocol.report;

import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/** Names that came out of models and files, made safe for a document. */
public final class Visible {
  private Visible() {}

  /**
   * Writes a text into a document.
   *
   * <p>Control and direction characters, which could end a line or turn the text around, and halves
   * of surrogate pairs, which no encoding has, are shown by number.
   *
   * @param escape how the document writes a code point that is none of them
   */
  public static String escape(String text, IntFunction<String> escape) {
    return text.codePoints()
        .mapToObj(c ->
            isSafe(c) ? escape.apply(c) : escape(String.format(Locale.ROOT, "[U+%04X]", c), escape))
        .collect(Collectors.joining());
  }

  private static boolean isSafe(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
