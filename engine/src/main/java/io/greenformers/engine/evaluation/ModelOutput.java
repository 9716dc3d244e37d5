package io.greenformers.engine.evaluation;

import io.greenformers.engine.data.InvalidDatasetException;
import io.greenformers.engine.runtime.Tensor;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Which of a model's outputs a metric is of. */
final class ModelOutput {
  private static final String USUAL_NAME = "logits";

  private ModelOutput() {}

  /**
   * Numbers for every class of every row.
   *
   * @return floating, [batch, classes], of at least two classes
   * @throws InvalidDatasetException if there is none, or there are several
   */
  static Tensor classes(Map<String, Tensor> outputs, int batch) {
    return only(
        outputs,
        t -> t.shape().size() == 2 && t.shape().getFirst() == batch && t.shape().getLast() >= 2,
        "a classifier, with one output [batch, classes]",
        batch);
  }

  /**
   * A number for every row.
   *
   * @return floating, [batch] or [batch, 1]
   * @throws InvalidDatasetException if there is none, or there are several
   */
  static Tensor numbers(Map<String, Tensor> outputs, int batch) {
    return only(
        outputs,
        t -> t.elements() == batch && t.shape().size() <= 2 && !t.shape().isEmpty(),
        "one output [batch, 1]",
        batch);
  }

  /**
   * Numbers for every class at every place.
   *
   * @return floating, [batch, sequence, classes], of at least two classes
   * @throws InvalidDatasetException if there is none, or there are several
   */
  static Tensor places(Map<String, Tensor> outputs, int batch, int sequence) {
    return only(
        outputs,
        t ->
            t.shape().size() == 3
                && t.shape().subList(0, 2).equals(List.of((long) batch, (long) sequence))
                && t.shape().getLast() >= 2,
        "one output [batch, sequence, classes]",
        batch);
  }

  /** Finds one: {@code logits} if there is such an output, else the only one of the right shape. */
  private static Tensor only(
      Map<String, Tensor> outputs, Predicate<Tensor> shape, String expected, int batch) {
    List<Tensor> found =
        outputs.entrySet().stream()
            .filter(o -> o.getKey().equals(USUAL_NAME) || !outputs.containsKey(USUAL_NAME))
            .map(Map.Entry::getValue)
            .filter(t -> t.type().isFloating() && shape.test(t))
            .toList();
    if (found.size() != 1) {
      throw none(outputs, expected, batch);
    }
    return found.getFirst();
  }

  static InvalidDatasetException none(Map<String, Tensor> outputs, String expected, int batch) {
    Map<String, List<Long>> shapes = new TreeMap<>();
    outputs.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    return InvalidDatasetException.notForModel(
        "labels: expected %s, found the outputs %s at batch %d; use data.task: text without data.columns.label, or tensors without labels, and no budget.accuracyDrop"
            .formatted(expected, shapes, batch));
  }

  /** The index of the largest of some numbers in a row; −1 where one of them is not finite. */
  static int largest(Tensor tensor, int row) {
    int classes = Math.toIntExact(tensor.shape().getLast());
    int best = 0;
    for (int c = 0; c < classes; c++) {
      double score = tensor.get(row * classes + c);
      if (!Double.isFinite(score)) {
        return -1;
      }
      if (score > tensor.get(row * classes + best)) {
        best = c;
      }
    }
    return best;
  }
}
