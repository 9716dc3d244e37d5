package io.greenformers.core.rewrite;

import io.greenformers.core.linalg.Matrix;
import io.greenformers.core.linalg.Spectrum;
import io.greenformers.core.linalg.Svd;
import io.greenformers.core.linalg.SvdSolver;
import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.site.Site;
import java.util.List;

/**
 * Makes factors of weights, one weight at a time; what it makes lies in the weight store, not on
 * the heap.
 */
public final class FactorSource {
  private final WeightStore weights;
  private final SvdSolver solver;

  /**
   * Prepares to factorize.
   *
   * @param weights of the model whose sites will be given; factors are appended to it
   */
  public FactorSource(WeightStore weights, SvdSolver solver) {
    this.weights = weights;
    this.solver = solver;
  }

  /**
   * A weight at full rank.
   *
   * @param factors of W, or of Wᵀ where {@link Site#allTransposed} holds
   */
  public record FullRank(Spectrum spectrum, Factors factors) {}

  /**
   * Decomposes a site's weight.
   *
   * @throws io.greenformers.core.linalg.DecompositionException if it holds NaN or infinite values
   */
  public FullRank decompose(Site site) {
    Matrix stored = matrix(site.tensor(), site.rows(), site.columns());
    Matrix matrix = site.allTransposed() ? stored.transposed() : stored;
    try (Svd svd = solver.decompose(matrix)) {
      int rank = svd.spectrum().size();
      return new FullRank(svd.spectrum(), append(site, svd.left(), svd.right(), rank));
    }
  }

  /** The leading part of full-rank factors: the best ones of this rank. */
  public Factors truncate(Site site, FullRank full, int rank) {
    if (rank == full.factors().rank()) {
      return full.factors();
    }
    return append(site, matrix(full.factors().left()), matrix(full.factors().right()), rank);
  }

  private Factors append(Site site, Matrix left, Matrix right, int rank) {
    return new Factors(
        append(site.type(), left, left.rows(), rank),
        append(site.type(), right, rank, right.columns()));
  }

  private TensorProto append(DataType type, Matrix matrix, int rows, int columns) {
    return weights.append(
        "factor",
        type,
        List.of((long) rows, (long) columns),
        i -> matrix.get((int) (i / columns), (int) (i % columns)));
  }

  private Matrix matrix(TensorProto tensor) {
    return matrix(tensor, Math.toIntExact(tensor.getDims(0)), Math.toIntExact(tensor.getDims(1)));
  }

  private Matrix matrix(TensorProto tensor, int rows, int columns) {
    return DataType.of(tensor.getDataType()).orElseThrow() == DataType.DOUBLE
        ? Matrix.of(rows, columns, weights.doubles(tensor))
        : Matrix.of(rows, columns, weights.floats(tensor));
  }
}
