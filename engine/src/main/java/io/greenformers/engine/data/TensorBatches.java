package io.greenformers.engine.data;

import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.InputSpec;
import io.greenformers.engine.runtime.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Ready tensors in batches, for models of any inputs: a tensor for every input under its name, rows
 * along the first axis, and {@code labels}. Whole numbers as labels are classes (one per row, or
 * one per place of a row), others are numbers.
 */
public final class TensorBatches implements TrainingSet {
  static final String LABELS = "labels";

  private final List<InputSpec> specs;
  private final Map<String, StoredTensor> tensors;
  private final int rows;
  private final EpochOrder order;

  private TensorBatches(
      Map<String, StoredTensor> tensors, List<InputSpec> specs, int batchSize, long seed) {
    this.specs = List.copyOf(specs);
    this.tensors = Map.copyOf(tensors);
    this.rows = Math.toIntExact(tensors.values().iterator().next().rows());
    this.order = new BucketedOrder(new int[rows], batchSize, seed);
  }

  /**
   * Opens a file and checks all of it.
   *
   * @param scratch a directory for what is unpacked; the caller deletes it at the end
   * @param inputs of the model, as its session says
   * @param labelled whether there must be labels
   * @throws InvalidDatasetException if it cannot be used, with the tensor and the row
   */
  public static TensorBatches open(
      Path path, Path scratch, List<InputSpec> inputs, boolean labelled, int batchSize, long seed) {
    try {
      Map<String, StoredTensor> tensors = TensorFile.read(path, scratch);
      TensorCheck.require(tensors, inputs, labelled);
      return new TensorBatches(tensors, inputs, batchSize, seed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int size() {
    return rows;
  }

  @Override
  public int batchesPerEpoch() {
    return order.batchesPerEpoch();
  }

  @Override
  public TensorBatch batch(int epoch, int index) {
    int[] chosen = order.batch(epoch, index);
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (InputSpec spec : specs) {
      inputs.put(spec.name(), gather(stored(spec.name()), spec.type(), chosen));
    }
    return new TensorBatch(inputs, targets(chosen), chosen.length);
  }

  private StoredTensor stored(String name) {
    return Optional.ofNullable(tensors.get(name)).orElseThrow();
  }

  private Targets targets(int[] chosen) {
    StoredTensor labels = tensors.get(LABELS);
    if (labels == null) {
      return new Targets.None();
    }
    if (labels.type().isFloating()) {
      return new Targets.Values(gather(labels, ElementType.FLOAT, chosen));
    }
    Tensor classes = gather(labels, ElementType.INT64, chosen);
    return labels.shape().size() == 1 ? new Targets.Classes(classes) : new Targets.Places(classes);
  }

  private static Tensor gather(StoredTensor stored, ElementType type, int[] chosen) {
    int perRow = stored.elementsPerRow();
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(
                Math.multiplyExact(Math.multiplyExact(chosen.length, perRow), type.bytes()))
            .order(ByteOrder.nativeOrder());
    for (int row : chosen) {
      ByteBuffer source = stored.row(row);
      for (int i = 0; i < perRow; i++) {
        type.put(bytes, stored.type().get(source, i));
      }
    }
    List<Long> shape = new ArrayList<>(stored.shape());
    shape.set(0, (long) chosen.length);
    return new Tensor(type, shape, bytes.flip());
  }

  @Override
  public void requireLabelsBelow(int classes) {
    StoredTensor labels = tensors.get(LABELS);
    if (labels != null && !labels.type().isFloating()) {
      TensorCheck.requireBelow(labels, classes);
    }
  }
}
