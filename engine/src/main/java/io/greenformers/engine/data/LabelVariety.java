package io.greenformers.engine.data;

import java.util.List;
import java.util.function.Consumer;

/** Labels that are all the same say nothing: whatever a model gives can be made right. */
final class LabelVariety {
  private LabelVariety() {}

  /**
   * Of texts, or of the words of texts.
   *
   * @throws InvalidDatasetException if all labels are one and the same
   */
  static void require(List<TextExample> examples) {
    List<Object> different =
        examples.stream().mapMulti(LabelVariety::labels).distinct().limit(2).toList();
    if (different.size() == 1) {
      throw new InvalidDatasetException(
          "dataset-single-class",
          "the dataset: expected labels of at least two kinds, found only %s from line %d on"
              .formatted(different.getFirst(), examples.getFirst().line()));
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
