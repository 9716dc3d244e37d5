package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.rewrite.Dim.Size;
import java.util.ArrayList;
import java.util.List;

/** Arithmetic of shapes; sizes that it cannot tell are those of the resulting value's axes. */
final class Dims {
  static final Dim ONE = new Dim.Size(1);

  private Dims() {}

  /** A shape of which only the number of axes is known. */
  static List<Dim> unknown(Value value, int rank) {
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      dims.add(new Dim.Axis(value, i));
    }
    return List.copyOf(dims);
  }

  /** What ONNX's broadcasting makes of two shapes, in a run that does not fail. */
  static List<Dim> broadcast(List<Dim> a, List<Dim> b, Value result) {
    int rank = Math.max(a.size(), b.size());
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      int fromA = i - rank + a.size();
      int fromB = i - rank + b.size();
      dims.add(
          broadcast(
              fromA < 0 ? ONE : a.get(fromA),
              fromB < 0 ? ONE : b.get(fromB),
              new Dim.Axis(result, i)));
    }
    return List.copyOf(dims);
  }

  private static Dim broadcast(Dim a, Dim b, Dim otherwise) {
    if (a.equals(b) || b.is(1)) {
      return a;
    }
    if (a.is(1) || b instanceof Size || leaves(a, b)) {
      return b;
    }
    return a instanceof Size || leaves(b, a) ? a : otherwise;
  }

  /**
   * Whether broadcasting leaves a dim no choice but to be 1 or another one: a run in which it is
   * neither fails, unless the other one is 1.
   */
  static boolean fits(Dim dim, Dim other) {
    return dim.is(1) || dim.equals(other) || !(dim instanceof Size);
  }

  /** Whether {@code slice} is {@code dim} wherever the two can be broadcast. */
  private static boolean leaves(Dim slice, Dim dim) {
    return slice instanceof Dim.AtMost(long limit, Dim of) && limit > 1 && of.equals(dim);
  }

  /**
   * What {@code Reshape} makes of a shape.
   *
   * @param target the integers that it is given: 0 copies an axis, -1 takes what is left
   */
  static List<Dim> reshape(List<Dim> shape, List<Dim> target, boolean allowZero, Value result) {
    List<Dim> dims = new ArrayList<>();
    int inferred = -1;
    for (int i = 0; i < target.size(); i++) {
      boolean copied = target.get(i).is(0) && !allowZero && i < shape.size();
      dims.add(copied ? shape.get(i) : target.get(i));
      inferred = target.get(i).is(-1) ? i : inferred;
    }
    if (inferred >= 0) {
      List<Dim> others = new ArrayList<>(dims);
      others.remove(inferred);
      dims.set(inferred, quotient(shape, others, new Dim.Axis(result, inferred)));
    }
    return List.copyOf(dims);
  }

  /** The elements of one shape over those of another. */
  private static Dim quotient(List<Dim> shape, List<Dim> others, Dim otherwise) {
    List<Dim> left = new ArrayList<>();
    long numerator = 1;
    for (Dim dim : shape) {
      if (dim instanceof Size(long size)) {
        numerator *= size;
      } else {
        left.add(dim);
      }
    }
    long denominator = 1;
    for (Dim dim : others) {
      if (dim instanceof Size(long size)) {
        denominator *= size;
      } else if (!left.remove(dim)) {
        return otherwise;
      }
    }
    if (denominator <= 0 || numerator % denominator != 0) {
      return otherwise;
    }
    long size = numerator / denominator;
    return left.isEmpty()
        ? new Size(size)
        : left.size() == 1 && size == 1 ? left.get(0) : otherwise;
  }
}
