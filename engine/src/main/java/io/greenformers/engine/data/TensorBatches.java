package io.greenformers.engine.data;

import io.greenformers.engine.runtime.InputSpec;
import io.greenformers.engine.runtime.InputSpec.Dimension;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Ready tensors in batches, for models of any inputs. A model whose first axis is fixed gets
 * batches of just that size; rows that do not fill one are left out.
 */
public final class TensorBatches implements TrainingSet {
  private static final int MOST_ROWS = 32;

  /** Of all inputs: six images of 224 × 224, or four spectrograms of half a minute. */
  private static final long MOST_ELEMENTS = 1L << 20;

  private final List<TensorRow> rows;
  private final EpochOrder order;

  private TensorBatches(List<TensorRow> rows, int batchSize, long seed) {
    this.rows = List.copyOf(rows);
    this.order = new BucketedOrder(new int[rows.size()], batchSize, seed);
  }

  /**
   * Rows to train with, in an order of their own in every epoch.
   *
   * @param rows of one file
   * @param batchSize rows in a batch, where the model leaves it free
   * @throws InvalidDatasetException if they do not fill a batch of a model whose first axis is
   *     fixed
   */
  public static TensorBatches training(
      List<TensorRow> rows, Signature signature, int batchSize, long seed) {
    int size = fixedRows(signature).orElse(batchSize);
    return new TensorBatches(whole(rows, signature), size, seed);
  }

  /**
   * Rows to run a model on, in their order.
   *
   * @param rows of one file
   * @param most rows in a batch, where the model leaves it free; fewer where rows are large
   * @throws InvalidDatasetException if they do not fill a batch of a model whose first axis is
   *     fixed
   */
  public static List<TensorBatch> of(List<TensorRow> rows, Signature signature, int most) {
    List<TensorRow> whole = whole(rows, signature);
    TensorTable table = whole.getFirst().table();
    long fitting = Math.clamp(MOST_ELEMENTS / Math.max(1, table.elementsPerRow()), 1, MOST_ROWS);
    int size = fixedRows(signature).orElse((int) Math.min(most, fitting));
    List<TensorBatch> batches = new ArrayList<>();
    for (int from = 0; from < whole.size(); from += size) {
      List<TensorRow> some = whole.subList(from, Math.min(whole.size(), from + size));
      batches.add(table.batch(some.stream().map(TensorRow::row).toList()));
    }
    return batches;
  }

  /** The same with as many rows in a batch as is good for running a model. */
  public static List<TensorBatch> of(List<TensorRow> rows, Signature signature) {
    return of(rows, signature, MOST_ROWS);
  }

  private static OptionalInt fixedRows(Signature signature) {
    for (InputSpec spec : signature.inputs()) {
      if (!spec.shape().isEmpty() && spec.shape().getFirst() instanceof Dimension.Fixed(long n)) {
        return OptionalInt.of(Math.toIntExact(n));
      }
    }
    return OptionalInt.empty();
  }

  private static List<TensorRow> whole(List<TensorRow> rows, Signature signature) {
    int size = fixedRows(signature).orElse(1);
    if (rows.size() < size) {
      throw InvalidDatasetException.tooSmall(
          "the dataset: expected at least %d rows, since the model takes just as many at a time, found %d"
              .formatted(size, rows.size()));
    }
    return rows.subList(0, rows.size() - rows.size() % size);
  }

  @Override
  public int size() {
    return rows.size();
  }

  @Override
  public int batchesPerEpoch() {
    return order.batchesPerEpoch();
  }

  @Override
  public TensorBatch batch(int epoch, int index) {
    List<Integer> chosen =
        Arrays.stream(order.batch(epoch, index)).mapToObj(place -> rows.get(place).row()).toList();
    return rows.getFirst().table().batch(chosen);
  }

  @Override
  public void requireLabelsBelow(int classes) {
    List<Integer> all = rows.stream().map(TensorRow::row).toList();
    TensorBatch labels =
        new TensorBatch(Map.of(), Optional.empty(), rows.getFirst().table().targets(all), all);
    ClassRange.requireOfTensors(classes, List.of(labels));
  }
}
