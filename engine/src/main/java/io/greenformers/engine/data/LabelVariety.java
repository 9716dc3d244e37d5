package io.greenformers.engine.data;

import java.util.List;
import java.util.function.Consumer;

/** Labels that are all the same say nothing: whatever a model gives can be made right. */
final class LabelVariety {
  private LabelVariety() {}

  /**
   * Of texts, or of the words of texts.
   *
   * @param field of the request that names their file
   * @throws InvalidDatasetException if all labels are one and the same
   */
  static void require(List<TextExample> examples, String field) {
    List<Object> different =
        examples.stream().mapMulti(LabelVariety::labels).distinct().limit(2).toList();
    if (different.size() == 1) {
      throw new InvalidDatasetException(
          "dataset-single-class",
          "%s, labels: expected at least two different ones, found only %s from line %d on"
              .formatted(field, different.getFirst(), examples.getFirst().line()));
    }
  }

  private static void labels(TextExample example, Consumer<Object> labels) {
    switch (example.label()) {
      case Label.OfClass(int index) -> labels.accept("class " + index);
      case Label.OfValue(double value) -> labels.accept(value);
      case Label.OfWords words ->
          words.tags().stream()
              .filter(tag -> tag != Targets.IGNORED)
              .forEach(tag -> labels.accept("class " + tag));
      case Label.OfPair p -> {}
      case Label.None n -> {}
    }
  }
}
