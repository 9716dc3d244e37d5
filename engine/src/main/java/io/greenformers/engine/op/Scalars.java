package io.greenformers.engine.op;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;

/** Numbers as libtorch takes them. */
final class Scalars {
  private Scalars() {}

  static Scalar of(double value) {
    return new Scalar(value);
  }

  static Scalar of(long value) {
    return new Scalar(value);
  }

  static ScalarOptional optional(double value) {
    return new ScalarOptional(of(value));
  }
}
