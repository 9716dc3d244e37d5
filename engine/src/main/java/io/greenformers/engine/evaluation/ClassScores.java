package io.greenformers.engine.evaluation;

import io.greenformers.engine.data.InvalidDatasetException;
import io.greenformers.engine.runtime.Tensor;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The output of a classifier that has a number for every class. */
final class ClassScores {
  private static final String USUAL_NAME = "logits";

  private ClassScores() {}

  /**
   * Finds it: {@code logits} if there is such an output, else the only one of the right shape.
   *
   * @return floating, [batch, classes], of at least two classes
   * @throws InvalidDatasetException if there is none, or there are several
   */
  static Tensor of(Map<String, Tensor> outputs, int batch) {
    List<Tensor> found =
        outputs.entrySet().stream()
            .filter(o -> o.getKey().equals(USUAL_NAME) || !outputs.containsKey(USUAL_NAME))
            .map(Map.Entry::getValue)
            .filter(t -> isScores(t, batch))
            .toList();
    if (found.size() != 1) {
      Map<String, List<Long>> shapes = new TreeMap<>();
      outputs.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
      throw InvalidDatasetException.notForModel(
          "labels: expected a classifier, with one output [batch, classes], found the outputs %s at batch %d; use data.task: text, without data.columns.label and budget.accuracyDrop"
              .formatted(shapes, batch));
    }
    return found.getFirst();
  }

  private static boolean isScores(Tensor tensor, int batch) {
    return tensor.type().isFloating()
        && tensor.shape().size() == 2
        && tensor.shape().getFirst() == batch
        && tensor.shape().getLast() >= 2;
  }

  /** The index of the largest score of a row; −1 where one of them is not finite. */
  static int largest(Tensor scores, int row) {
    int classes = Math.toIntExact(scores.shape().getLast());
    int best = 0;
    for (int c = 0; c < classes; c++) {
      double score = scores.get(row * classes + c);
      if (!Double.isFinite(score)) {
        return -1;
      }
      if (score > scores.get(row * classes + best)) {
        best = c;
      }
    }
    return best;
  }
}
