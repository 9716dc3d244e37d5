package io.greenformers.engine.data;

import java.util.Optional;

/**
 * Which columns the user named; those that are not are guessed.
 *
 * @param text the text
 * @param textPair the second text of a pair
 * @param label the class
 */
public record TextColumns(
    Optional<String> text, Optional<String> textPair, Optional<String> label) {
  public static final TextColumns GUESSED =
      new TextColumns(Optional.empty(), Optional.empty(), Optional.empty());

  boolean areNamed() {
    return text.or(() -> textPair).or(() -> label).isPresent();
  }
}
