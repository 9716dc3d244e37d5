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
import java.util.stream.IntStream;

/**
 * A checked file of ready tensors: one for every input of a model under its name, rows along the
 * first axis, and maybe labels. Whole numbers as labels are classes (one per row, or one per place
 * of a row), others are numbers. Immutable.
 */
final class TensorTable {
  private static final String MASK = "attention_mask";

  private final Map<String, StoredTensor> tensors;
  private final List<InputSpec> specs;
  private final String labelsName;

  private TensorTable(Map<String, StoredTensor> tensors, TensorReading reading) {
    this.tensors = Map.copyOf(tensors);
    this.specs = reading.signature().inputs();
    this.labelsName = reading.labelsName();
  }

  /**
   * Maps a file and checks all of it.
   *
   * @throws InvalidDatasetException if it cannot be used, with the tensor and the row
   */
  static TensorTable open(Path file, TensorReading reading) {
    try {
      Map<String, StoredTensor> tensors = TensorFile.read(file, reading);
      new TensorCheck(tensors, reading).require();
      return new TensorTable(tensors, reading);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All rows, in the order of the file. */
  List<TensorRow> rows() {
    int rows = Math.toIntExact(tensors.values().iterator().next().rows());
    return IntStream.range(0, rows).mapToObj(row -> new TensorRow(this, row)).toList();
  }

  Optional<StoredTensor> labels() {
    return Optional.ofNullable(tensors.get(labelsName));
  }

  LabelKind labelKind() {
    return labels().map(TensorTable::kind).orElse(LabelKind.NONE);
  }

  /** A number per row may also have the shape [rows, 1]. */
  private static LabelKind kind(StoredTensor labels) {
    boolean single = labels.elementsPerRow() == 1;
    if (labels.type().isFloating()) {
      return single ? LabelKind.NUMBER : LabelKind.NUMBERS;
    }
    return labels.shape().size() == 1 ? LabelKind.CLASSES : LabelKind.PLACES;
  }

  /** Of the values of all inputs, whatever type they are stored in. */
  long hash(int row, long seed) {
    long hash = ContentHash.mix(seed);
    for (InputSpec spec : specs) {
      StoredTensor tensor = stored(spec.name());
      ByteBuffer elements = tensor.row(row);
      for (int i = 0; i < tensor.elementsPerRow(); i++) {
        hash = ContentHash.mix(hash + Double.doubleToLongBits(tensor.type().get(elements, i)));
      }
    }
    return hash;
  }

  /** Elements of all inputs in a row. */
  long elementsPerRow() {
    return specs.stream().mapToLong(spec -> stored(spec.name()).elementsPerRow()).sum();
  }

  /** Bytes of all inputs in a row, as the model takes them. */
  long bytesPerRow() {
    return specs.stream()
        .mapToLong(spec -> (long) stored(spec.name()).elementsPerRow() * spec.type().bytes())
        .sum();
  }

  TensorBatch batch(List<Integer> rows) {
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    specs.forEach(spec -> inputs.put(spec.name(), gather(stored(spec.name()), spec.type(), rows)));
    Optional<Tensor> mask =
        Optional.ofNullable(tensors.get(MASK))
            .filter(stored -> stored.shape().size() == 2)
            .map(stored -> gather(stored, ElementType.INT64, rows));
    return new TensorBatch(inputs, mask, targets(rows), rows);
  }

  private StoredTensor stored(String name) {
    return Optional.ofNullable(tensors.get(name)).orElseThrow();
  }

  /** What labels say of rows. */
  Targets targets(List<Integer> rows) {
    return switch (labelKind()) {
      case NONE -> new Targets.None();
      case CLASSES -> new Targets.Classes(gatherLabels(ElementType.INT64, rows));
      case PLACES -> new Targets.Places(gatherLabels(ElementType.INT64, rows));
      case NUMBER, NUMBERS -> new Targets.Values(gatherLabels(ElementType.FLOAT, rows));
    };
  }

  private Tensor gatherLabels(ElementType type, List<Integer> rows) {
    return gather(labels().orElseThrow(), type, rows);
  }

  private static Tensor gather(StoredTensor stored, ElementType type, List<Integer> rows) {
    int perRow = stored.elementsPerRow();
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(
                Math.multiplyExact(Math.multiplyExact(rows.size(), perRow), type.bytes()))
            .order(ByteOrder.nativeOrder());
    for (int row : rows) {
      ByteBuffer source = stored.row(row);
      for (int i = 0; i < perRow; i++) {
        type.put(bytes, stored.type().get(source, i));
      }
    }
    List<Long> shape = new ArrayList<>(stored.shape());
    shape.set(0, (long) rows.size());
    return new Tensor(type, shape, bytes.flip());
  }
}
