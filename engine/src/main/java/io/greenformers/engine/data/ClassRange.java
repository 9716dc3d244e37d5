package io.greenformers.engine.data;

import io.greenformers.engine.runtime.Tensor;
import java.util.List;

/** Finds classes that a model does not know. Not thread-safe. */
final class ClassRange {
  private final int classes;
  private final BadRows bad;

  private ClassRange(int classes, String place) {
    this.classes = classes;
    this.bad = new BadRows(place);
  }

  /**
   * Checks texts, or their words.
   *
   * @throws InvalidDatasetException if a class is not below {@code classes}, with the lines of the
   *     first ten
   */
  static void requireOfTexts(int classes, List<TextExample> examples) {
    ClassRange range = new ClassRange(classes, "line");
    examples.forEach(range::add);
    range.refuse();
  }

  /**
   * Checks rows of ready tensors, or their places.
   *
   * @throws InvalidDatasetException if a class is neither from 0 and below {@code classes}, nor
   *     that of a place that does not count, with the first ten rows
   */
  static void requireOfTensors(int classes, List<TensorBatch> batches) {
    ClassRange range = new ClassRange(classes, "row");
    batches.forEach(range::add);
    range.refuse();
  }

  private void add(TextExample example) {
    int largest =
        switch (example.label()) {
          case Label.OfClass(int index) -> index;
          case Label.OfWords words ->
              words.tags().stream().mapToInt(Integer::intValue).max().orElse(0);
          case Label.None n -> 0;
          case Label.OfValue v -> 0;
          case Label.OfPair p -> 0;
        };
    add(example.line(), largest, false);
  }

  private void add(TensorBatch batch) {
    switch (batch.targets()) {
      case Targets.Classes(Tensor indices) -> add(batch, indices, false);
      case Targets.Places(Tensor indices) -> add(batch, indices, true);
      case Targets.Values v -> {}
      case Targets.None n -> {}
    }
  }

  private void add(TensorBatch batch, Tensor indices, boolean mayBeIgnored) {
    int perRow = indices.elements() / batch.size();
    for (int i = 0; i < indices.elements(); i++) {
      add(batch.rows().get(i / perRow), (long) indices.get(i), mayBeIgnored);
    }
  }

  private void add(long place, long label, boolean mayBeIgnored) {
    boolean counts = !mayBeIgnored || label != Targets.IGNORED;
    if (counts && (label < 0 || label >= classes)) {
      bad.add(
          place,
          "expected a label from 0 to %d, since the model has %d classes, found %d"
              .formatted(classes - 1, classes, label));
    }
  }

  private void refuse() {
    bad.refuse("dataset-label-out-of-range");
  }
}
