package io.greenformers.service.compression;

import java.util.Locale;
import java.util.Optional;

/**
 * What compressions are looked for by.
 *
 * @param text part of a compression's or model's id, or of the name of a model's file; empty finds
 *     all
 * @param state only those in this state
 */
public record CompressionSearch(String text, Optional<CompressionState> state) {
  private static final int LONGEST = 200;

  public CompressionSearch {
    text = text.strip();
    text = text.substring(0, Math.min(LONGEST, text.length()));
  }

  /** Finds all that belong to a model. */
  public static CompressionSearch ofModel(String id) {
    return new CompressionSearch(id, Optional.empty());
  }

  /** For {@code like … escape '!'}: the text, whatever stands around it. */
  String pattern() {
    String plain = text.toLowerCase(Locale.ROOT).replaceAll("[!%_]", "!$0");
    return "%" + plain + "%";
  }
}
