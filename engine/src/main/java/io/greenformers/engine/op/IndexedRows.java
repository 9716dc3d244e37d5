package io.greenformers.engine.op;

import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A tensor that is indexed by tuples, as a matrix that is indexed by rows: {@code GatherND} and
 * {@code ScatterND} of the ONNX specification.
 */
final class IndexedRows {
  private final Tensor matrix;
  private final Tensor indices;
  private final long[] selectedShape;

  private IndexedRows(Tensor matrix, Tensor indices, long[] selectedShape) {
    this.matrix = matrix;
    this.indices = indices;
    this.selectedShape = selectedShape;
  }

  /** The tensor [batch·indexed, rest]. */
  Tensor matrix() {
    return matrix;
  }

  /** Rows of the matrix, one for each tuple. */
  Tensor indices() {
    return indices;
  }

  /** What the tuples select. */
  Tensor selected() {
    return matrix.index_select(0, indices).reshape(selectedShape);
  }

  /**
   * Flattens a tensor and its index tuples.
   *
   * @param x [b₁, …, d₁, …, dₖ, rest…]
   * @param tuples [b₁, …, n…, k]
   * @param batch how many leading axes both have in common
   */
  static IndexedRows of(Tensor x, Tensor tuples, int batch) {
    long[] shape = x.shape();
    long[] tupleShape = tuples.shape();
    int length = (int) tupleShape[tupleShape.length - 1];
    long batches = Shapes.product(shape, 0, batch);
    long indexed = Shapes.product(shape, batch, batch + length);
    long rest = Shapes.product(shape, batch + length, shape.length);
    Tensor flat = tuples.to(ScalarType.Long).reshape(batches, -1, length);
    Tensor rows =
        torch
            .arange(
                Scalars.of(batches),
                new TensorOptions(ScalarType.Long).device(x.options().device_opt()))
            .mul(Scalars.of(indexed))
            .reshape(batches, 1);
    long stride = indexed;
    for (int i = 0; i < length; i++) {
      stride /= Math.max(1, shape[batch + i]);
      Tensor index = GatherOps.counted(flat.select(2, i), shape[batch + i]);
      rows = rows.add(index.mul(Scalars.of(stride)));
    }
    Tensor matrix = x.reshape(batches * indexed, rest);
    long[] selected =
        Shapes.concat(
            Arrays.copyOf(tupleShape, tupleShape.length - 1),
            Arrays.copyOfRange(shape, batch + length, shape.length));
    return new IndexedRows(matrix, rows.reshape(-1), selected);
  }
}
