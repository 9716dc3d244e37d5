package io.greenformers.engine.data;

import java.util.List;
import java.util.Map;

/** A row of a dataset, before anything is known of its columns. */
sealed interface Row {
  /** The line where it begins, from 1. */
  long line();

  /**
   * What there is, by column; what is missing or null is not there.
   *
   * @param values strings and numbers
   * @param lists of strings and numbers
   */
  record Fields(long line, Map<String, String> values, Map<String, List<String>> lists)
      implements Row {
    Fields(long line, Map<String, String> values) {
      this(line, values, Map.of());
    }
  }

  /** A row that could not be taken apart, and why. */
  record Broken(long line, String problem) implements Row {}
}
