package io.greenformers.engine.data;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Which rows are in which batch of an epoch: chance by seed and epoch, the same whenever asked. The
 * order of the last epoch that was asked for is kept. Not thread-safe.
 */
abstract sealed class EpochOrder permits BucketedOrder, SameLengthOrder {
  private final long seed;
  private int planned = -1;
  private List<int[]> plan = List.of();

  EpochOrder(long seed) {
    this.seed = seed;
  }

  /** The batches of an epoch, before they are shuffled; every row is in one of them. */
  abstract List<int[]> cut(SplittableRandom random);

  /** How many batches an epoch has: the same in each. */
  abstract int batchesPerEpoch();

  /** The rows of a batch. */
  final int[] batch(int epoch, int index) {
    if (epoch < 0 || index < 0 || index >= batchesPerEpoch()) {
      throw new IndexOutOfBoundsException(
          "expected an epoch from 0 and a batch below %d, found %d and %d"
              .formatted(batchesPerEpoch(), epoch, index));
    }
    if (epoch != planned) {
      SplittableRandom random =
          new SplittableRandom(ContentHash.mix(seed) ^ ContentHash.mix(epoch));
      plan = shuffled(cut(random), random);
      planned = epoch;
    }
    return plan.get(index);
  }

  private static List<int[]> shuffled(List<int[]> batches, SplittableRandom random) {
    List<int[]> shuffled = new ArrayList<>(batches);
    for (int i = shuffled.size() - 1; i > 0; i--) {
      shuffled.set(i, shuffled.set(random.nextInt(i + 1), shuffled.get(i)));
    }
    return shuffled;
  }

  /** Fisher and Yates, in place. */
  static int[] shuffle(int[] rows, SplittableRandom random) {
    for (int i = rows.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int row = rows[i];
      rows[i] = rows[other];
      rows[other] = row;
    }
    return rows;
  }
}
