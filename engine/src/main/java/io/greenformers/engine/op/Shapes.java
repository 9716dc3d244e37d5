package io.greenformers.engine.op;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Arithmetic on shapes and axes. */
final class Shapes {
  private Shapes() {}

  /** An axis counted from the front. */
  static int axis(long axis, int rank) {
    if (axis < -rank || axis >= Math.max(rank, 1)) {
      throw new IllegalArgumentException("axis %d of rank %d".formatted(axis, rank));
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  static long[] axes(long[] axes, int rank) {
    return Arrays.stream(axes).map(a -> axis(a, rank)).toArray();
  }

  /** 0, 1, … rank − 1. */
  static long[] all(int rank) {
    return IntStream.range(0, rank).asLongStream().toArray();
  }

  static long product(long[] shape) {
    return product(shape, 0, shape.length);
  }

  static long product(long[] shape, int from, int to) {
    return Arrays.stream(shape, from, to).reduce(1, Math::multiplyExact);
  }

  static long[] concat(long[]... parts) {
    return Arrays.stream(parts).flatMapToLong(Arrays::stream).toArray();
  }

  static long[] repeat(long value, int times) {
    long[] values = new long[times];
    Arrays.fill(values, value);
    return values;
  }

  /** The shape that two shapes broadcast to. */
  static long[] broadcast(long[] a, long[] b) {
    int rank = Math.max(a.length, b.length);
    long[] shape = new long[rank];
    for (int i = 1; i <= rank; i++) {
      long x = i <= a.length ? a[a.length - i] : 1;
      long y = i <= b.length ? b[b.length - i] : 1;
      shape[rank - i] = x == 1 ? y : x;
    }
    return shape;
  }
}
