package io.greenformers.engine.evaluation;

import io.greenformers.engine.data.ModelBatch;
import io.greenformers.engine.runtime.Tensor;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntPredicate;

/** How alike the floating outputs of two models are, over all runs that were added. */
public final class Fidelity {
  private double dot;
  private double original;
  private double compressed;
  private double difference;
  private boolean broken;

  /**
   * Adds one run. An output that is missing, has another shape, or is not finite where the
   * original's is, makes the fidelity nothing: cosine 0 and an infinite distance.
   */
  public void add(Map<String, Tensor> originals, Map<String, Tensor> outputs) {
    add(originals, outputs, tensor -> element -> true);
  }

  /**
   * Adds one run on examples. What a model gives at a place of padding, in outputs whose first
   * sizes are those of the batch, means nothing and is left out.
   */
  public void add(ModelBatch batch, Map<String, Tensor> originals, Map<String, Tensor> outputs) {
    add(originals, outputs, tensor -> meant(batch, tensor));
  }

  private static IntPredicate meant(ModelBatch batch, Tensor tensor) {
    if (!batch.isOfPlaces(tensor.shape())) {
      return element -> true;
    }
    long places = tensor.shape().get(0) * tensor.shape().get(1);
    int perPlace = (int) (tensor.elements() / Math.max(1, places));
    Tensor mask = batch.mask().orElseThrow();
    return element -> mask.get(element / perPlace) != 0;
  }

  private void add(
      Map<String, Tensor> originals,
      Map<String, Tensor> outputs,
      Function<Tensor, IntPredicate> meant) {
    originals.forEach((name, tensor) -> {
      Tensor other = outputs.get(name);
      if (other == null || !other.shape().equals(tensor.shape())) {
        broken = true;
      } else if (tensor.type().isFloating()) {
        add(tensor, other, meant.apply(tensor));
      }
    });
  }

  private void add(Tensor a, Tensor b, IntPredicate meant) {
    for (int i = 0; i < a.elements(); i++) {
      if (!meant.test(i)) {
        continue;
      }
      double x = a.get(i);
      double y = b.get(i);
      if (!Double.isFinite(x)) {
        continue;
      }
      broken |= !Double.isFinite(y);
      dot += x * y;
      original += x * x;
      compressed += y * y;
      difference += (x - y) * (x - y);
    }
  }

  /** x·y / (‖x‖‖y‖) over all outputs as one vector; 1 where both are zero. */
  public double cosine() {
    if (broken) {
      return 0;
    }
    double norms = Math.sqrt(original) * Math.sqrt(compressed);
    return norms == 0 ? (original == compressed ? 1 : 0) : dot / norms;
  }

  /** ‖x − y‖ / ‖x‖; 0 where both are zero. */
  public double relativeL2() {
    if (broken) {
      return Double.POSITIVE_INFINITY;
    }
    return difference == 0 ? 0 : Math.sqrt(difference / Math.max(original, Double.MIN_NORMAL));
  }
}
