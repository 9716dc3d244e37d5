package io.greenformers.engine.data;

/** A row of a file of ready tensors: an example. Immutable. */
public final class TensorRow {
  private final TensorTable table;
  private final int row;

  TensorRow(TensorTable table, int row) {
    this.table = table;
    this.row = row;
  }

  TensorTable table() {
    return table;
  }

  /** Its place in the file, from 0. */
  int row() {
    return row;
  }

  /** Bytes of its inputs, as the model takes them. */
  public long bytes() {
    return table.bytesPerRow();
  }

  /** What is known of rows of its file: classes, numbers, classes of places, or nothing. */
  public LabelKind labels() {
    return table.labelKind();
  }
}
