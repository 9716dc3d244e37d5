package io.greenformers.engine.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Draws from a stream of unknown length, everything with the same probability, in one pass and in
 * the memory of the sample (Vitter 1985, algorithm R). All, in their order, where there are no more
 * than are asked for.
 */
final class Reservoir<T> {
  private final List<T> sample = new ArrayList<>();
  private final int most;
  private final Random random;
  private long seen;

  Reservoir(int most, long seed) {
    this.most = most;
    this.random = new Random(seed);
  }

  void add(T next) {
    seen++;
    if (sample.size() < most) {
      sample.add(next);
      return;
    }
    long place = random.nextLong(seen);
    if (place < most) {
      sample.set((int) place, next);
    }
  }

  List<T> sample() {
    return List.copyOf(sample);
  }

  /** How many there were. */
  long seen() {
    return seen;
  }
}
