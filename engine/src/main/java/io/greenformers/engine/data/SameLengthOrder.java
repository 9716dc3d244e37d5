package io.greenformers.engine.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Batches of rows of exactly one length: for models that would read the padding. */
final class SameLengthOrder extends EpochOrder {
  private final List<int[]> byLength;
  private final int batchSize;

  SameLengthOrder(int[] lengths, int batchSize, long seed) {
    super(seed);
    this.batchSize = batchSize;
    this.byLength =
        IntStream.range(0, lengths.length)
            .boxed()
            .collect(Collectors.groupingBy(row -> lengths[row], TreeMap::new, Collectors.toList()))
            .values()
            .stream()
            .map(rows -> rows.stream().mapToInt(Integer::intValue).toArray())
            .toList();
  }

  @Override
  int batchesPerEpoch() {
    return byLength.stream().mapToInt(rows -> Math.ceilDiv(rows.length, batchSize)).sum();
  }

  @Override
  List<int[]> cut(SplittableRandom random) {
    List<int[]> batches = new ArrayList<>();
    for (int[] ofOneLength : byLength) {
      int[] rows = shuffle(ofOneLength.clone(), random);
      for (int at = 0; at < rows.length; at += batchSize) {
        batches.add(Arrays.copyOfRange(rows, at, Math.min(rows.length, at + batchSize)));
      }
    }
    return batches;
  }
}
