package io.greenformers.engine.data;

import java.util.Arrays;

/**
 * What examples say, in eight bytes each. Two different ones are taken for one another once in 10¹⁹
 * times; then one fewer is trained with. Not thread-safe.
 */
final class ContentSet {
  private static final int FIRST_CAPACITY = 1024;

  private long[] hashes = new long[FIRST_CAPACITY];
  private int count;
  private boolean sorted = true;

  /**
   * Adds an example.
   *
   * @param hash of what it says, see {@link ExampleSource#hash}
   */
  void add(long hash) {
    if (count == hashes.length) {
      hashes = Arrays.copyOf(hashes, Math.multiplyExact(count, 2));
    }
    hashes[count++] = hash;
    sorted = false;
  }

  boolean contains(long hash) {
    if (!sorted) {
      Arrays.sort(hashes, 0, count);
      sorted = true;
    }
    return Arrays.binarySearch(hashes, 0, count, hash) >= 0;
  }
}
