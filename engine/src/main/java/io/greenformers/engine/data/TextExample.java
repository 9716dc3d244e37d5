package io.greenformers.engine.data;

import java.util.Optional;

/**
 * A text of a dataset.
 *
 * @param line of its file where it begins, from 1; the row where a file has no lines
 * @param pair the second text, where a model takes two
 */
public record TextExample(long line, String text, Optional<String> pair, Label label) {
  /** A text of which no more is known. */
  static TextExample of(long line, String text) {
    return new TextExample(line, text, Optional.empty(), new Label.None());
  }
}
