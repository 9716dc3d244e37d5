package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.proto.TensorProto;

/**
 * What replaces a site's weight W [m, n]: W ≈ left·right.
 *
 * @param left [m, r], of the weight's type
 * @param right [r, n], of the weight's type
 */
public record Factors(TensorProto left, TensorProto right) {
  public Factors {
    if (left.getDimsCount() != 2
        || right.getDimsCount() != 2
        || left.getDims(1) != right.getDims(0)) {
      throw new IllegalArgumentException(
          "expected factors [m, r] and [r, n], found %s and %s"
              .formatted(left.getDimsList(), right.getDimsList()));
    }
  }

  public long rank() {
    return right.getDims(0);
  }
}
