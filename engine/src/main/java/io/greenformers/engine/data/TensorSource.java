package io.greenformers.engine.data;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Reads rows of ready tensors; each file is unpacked and checked once. Not thread-safe. */
final class TensorSource implements ExampleSource<TensorRow> {
  private final TensorReading reading;
  private final Map<Path, TensorTable> tables = new HashMap<>();

  TensorSource(TensorReading reading) {
    this.reading = reading;
  }

  @Override
  public void read(Path file, boolean labelled, Consumer<TensorRow> rows) {
    TensorTable table = tables.computeIfAbsent(file, path -> TensorTable.open(path, reading));
    if (labelled && table.labels().isEmpty()) {
      throw TensorCheck.withoutLabels(reading.labelsName());
    }
    table.rows().forEach(rows);
  }

  @Override
  public long hash(TensorRow row, long seed) {
    return row.table().hash(row.row(), seed);
  }

  @Override
  public void requireVariety(List<TensorRow> rows, String field) {
    // that of the whole file was checked when it was opened
  }
}
