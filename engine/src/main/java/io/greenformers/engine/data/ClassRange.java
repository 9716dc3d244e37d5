package io.greenformers.engine.data;

import java.util.Collection;

/** Checks classes against those that a model knows. */
final class ClassRange {
  private ClassRange() {}

  /**
   * Of texts or of words.
   *
   * @throws InvalidDatasetException if a class is not below {@code classes}, with the lines of the
   *     first ten
   */
  static void require(int classes, Collection<TextExample> examples) {
    BadRows bad = new BadRows();
    for (TextExample example : examples) {
      int largest =
          switch (example.label()) {
            case Label.OfClass(int index) -> index;
            case Label.OfWords words ->
                words.tags().stream().mapToInt(Integer::intValue).max().orElse(0);
            case Label.None n -> 0;
            case Label.OfValue v -> 0;
            case Label.OfPair p -> 0;
          };
      if (largest >= classes) {
        bad.add(
            example.line(),
            "expected a label from 0 to %d, since the model has %d classes, found %d"
                .formatted(classes - 1, classes, largest));
      }
    }
    bad.refuse("dataset-label-out-of-range");
  }
}
