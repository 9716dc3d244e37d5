package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphIndex.Value;

/** The size of an axis, as far as the graph tells: two equal dims have equal sizes in every run. */
sealed interface Dim {
  /** A number; negative only among the integers of a shape that is asked for. */
  record Size(long size) implements Dim {}

  /** What the model calls by this name. */
  record Named(String name) implements Dim {}

  /** Whatever this axis of this value has. */
  record Axis(Value value, int axis) implements Dim {}

  /** The smaller one of a limit and a size: what a slice up to that size leaves of the limit. */
  record AtMost(long limit, Dim dim) implements Dim {}

  /** Whether it is this number. */
  default boolean is(long size) {
    return equals(new Size(size));
  }
}
