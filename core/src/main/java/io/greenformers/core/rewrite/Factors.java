package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.proto.TensorProto;
import java.util.Optional;

/**
 * What replaces a site's weight W [m, n]: W ≈ left·right, and a correction of the outputs.
 *
 * @param left [m, r], of the weight's type
 * @param right [r, n], of the weight's type
 * @param biasCorrection δ [out], of any floating type: what the outputs lost on average, added to
 *     the output of every use; out is the size of the axis of the output that W makes
 */
public record Factors(TensorProto left, TensorProto right, Optional<TensorProto> biasCorrection) {
  public Factors {
    if (left.getDimsCount() != 2
        || right.getDimsCount() != 2
        || left.getDims(1) != right.getDims(0)) {
      throw new IllegalArgumentException(
          "expected factors [m, r] and [r, n], found %s and %s"
              .formatted(left.getDimsList(), right.getDimsList()));
    }
    if (biasCorrection.filter(c -> c.getDimsCount() != 1).isPresent()) {
      throw new IllegalArgumentException(
          "expected a bias correction [out], found " + biasCorrection.get().getDimsList());
    }
  }

  /** Factors without a correction. */
  public Factors(TensorProto left, TensorProto right) {
    this(left, right, Optional.empty());
  }

  /** These factors with a correction δ [out] of the outputs. */
  public Factors correctedBy(TensorProto delta) {
    return new Factors(left, right, Optional.of(delta));
  }

  public long rank() {
    return right.getDims(0);
  }
}
