package io.greenformers.engine.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Batches of rows of about one length, so that little of a batch is padding: the shuffled rows are
 * sorted within windows of 50 batches. Wider windows would save little more, and make batches less
 * of a chance.
 */
final class BucketedOrder extends EpochOrder {
  private static final int WINDOW = 50;

  private final int[] lengths;
  private final int batchSize;

  BucketedOrder(int[] lengths, int batchSize, long seed) {
    super(seed);
    this.lengths = lengths.clone();
    this.batchSize = batchSize;
  }

  @Override
  int batchesPerEpoch() {
    return Math.ceilDiv(lengths.length, batchSize);
  }

  @Override
  List<int[]> cut(SplittableRandom random) {
    int[] rows = shuffle(IntStream.range(0, lengths.length).toArray(), random);
    List<int[]> batches = new ArrayList<>();
    int window = (int) Math.min((long) WINDOW * batchSize, rows.length);
    for (int from = 0; from < rows.length; from += window) {
      int[] sorted =
          Arrays.stream(rows, from, Math.min(rows.length, from + window))
              .boxed()
              .sorted(Comparator.comparingInt(row -> lengths[row]))
              .mapToInt(Integer::intValue)
              .toArray();
      for (int at = 0; at < sorted.length; at += batchSize) {
        batches.add(Arrays.copyOfRange(sorted, at, Math.min(sorted.length, at + batchSize)));
      }
    }
    return batches;
  }
}
