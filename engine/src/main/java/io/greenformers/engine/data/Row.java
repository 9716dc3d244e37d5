package io.greenformers.engine.data;

import java.util.Map;

/** A row of a dataset, before anything is known of its columns. */
sealed interface Row {
  /** The line where it begins, from 1. */
  long line();

  /**
   * Values that are strings or numbers, by column; what is missing, null or nested is not there.
   */
  record Fields(long line, Map<String, String> values) implements Row {}

  /** A row that could not be taken apart, and why. */
  record Broken(long line, String problem) implements Row {}
}
