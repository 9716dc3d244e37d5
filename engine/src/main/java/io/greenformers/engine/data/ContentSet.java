package io.greenformers.engine.data;

import java.util.Arrays;

/**
 * What texts say, in eight bytes each. Two different texts are taken for one another once in 10¹⁹
 * times; then one text fewer is trained with. Not thread-safe.
 */
final class ContentSet {
  private static final int FIRST_CAPACITY = 1024;

  private final long seed;
  private long[] hashes = new long[FIRST_CAPACITY];
  private int count;
  private boolean sorted = true;

  ContentSet(long seed) {
    this.seed = seed;
  }

  void add(TextExample example) {
    if (count == hashes.length) {
      hashes = Arrays.copyOf(hashes, Math.multiplyExact(count, 2));
    }
    hashes[count++] = ContentHash.of(example, seed);
    sorted = false;
  }

  boolean contains(TextExample example) {
    if (!sorted) {
      Arrays.sort(hashes, 0, count);
      sorted = true;
    }
    return Arrays.binarySearch(hashes, 0, count, ContentHash.of(example, seed)) >= 0;
  }
}
