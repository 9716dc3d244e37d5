package io.greenformers.engine.evaluation;

import io.greenformers.engine.data.TextBatch;
import io.greenformers.engine.runtime.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The vector that a model gives for a text, of length 1: its output {@code sentence_embedding},
 * else the mean of the only output [batch, sequence, width] over the tokens, else the only output
 * [batch, width].
 */
final class TextVectors {
  private static final String USUAL_NAME = "sentence_embedding";

  private TextVectors() {}

  /**
   * In the order of the batch; zeros where the model gives what is no number.
   *
   * @throws io.greenformers.engine.data.InvalidDatasetException if there is no such output
   */
  static List<double[]> of(TextBatch batch, Map<String, Tensor> outputs) {
    List<Long> places = batch.attentionMask().shape();
    Tensor named = outputs.get(USUAL_NAME);
    List<Tensor> perPlace =
        all(outputs, t -> t.shape().size() == 3 && t.shape().subList(0, 2).equals(places));
    List<Tensor> perText =
        named != null
            ? List.of(named)
            : all(outputs, t -> t.shape().size() == 2 && t.shape().getFirst() == batch.size());
    boolean pooled = named == null && perPlace.size() == 1;
    if (!pooled && perText.size() != 1) {
      throw ModelOutput.none(
          outputs, "one output [batch, width] or [batch, sequence, width]", batch.size());
    }
    List<double[]> vectors = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      vectors.add(
          normalised(pooled ? mean(batch, perPlace.getFirst(), i) : row(perText.getFirst(), i)));
    }
    return vectors;
  }

  private static List<Tensor> all(Map<String, Tensor> outputs, Predicate<Tensor> shape) {
    return outputs.values().stream().filter(t -> t.type().isFloating()).filter(shape).toList();
  }

  private static double[] row(Tensor tensor, int row) {
    double[] vector = new double[Math.toIntExact(tensor.shape().getLast())];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = tensor.get(row * vector.length + i);
    }
    return vector;
  }

  /** The sum does: its length is taken out. */
  private static double[] mean(TextBatch batch, Tensor tensor, int row) {
    double[] sum = new double[Math.toIntExact(tensor.shape().getLast())];
    for (int place = row * batch.sequence(); place < (row + 1) * batch.sequence(); place++) {
      if (batch.isToken(place)) {
        for (int i = 0; i < sum.length; i++) {
          sum[i] += tensor.get(place * sum.length + i);
        }
      }
    }
    return sum;
  }

  private static double[] normalised(double[] vector) {
    double squares = 0;
    for (double x : vector) {
      squares += x * x;
    }
    if (!Double.isFinite(squares) || squares == 0) {
      return new double[vector.length];
    }
    double norm = Math.sqrt(squares);
    for (int i = 0; i < vector.length; i++) {
      vector[i] /= norm;
    }
    return vector;
  }
}
