package io.greenformers.core.linalg;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;

/**
 * EJML's bidiagonal SVD in pure Java: the portable fallback, and the oracle in tests.
 *
 * <p>Weighted: SᵀA = UΣVᵀ with the symmetric S of C = S·Sᵀ; left = S⁻ᵀ·U·Σ, right = Vᵀ.
 */
final class EjmlSvdSolver implements SvdSolver {

  @Override
  public Svd decompose(Matrix matrix, InputWeighting weighting, int mostRank) {
    Metric metric = Metric.of(weighting, matrix.rows());
    DMatrixRMaj a = DMatrixRMaj.wrap(matrix.rows(), matrix.columns(), HeapMatrices.copy(matrix));
    EjmlRoot root = EjmlRoot.of(metric, a.numRows);
    DMatrixRMaj b = root.weigh(a);
    SingularValueDecomposition_F64<DMatrixRMaj> svd =
        DecompositionFactory_DDRM.svd(b.numRows, b.numCols, true, true, true);
    if (!svd.decompose(b)) {
      throw failed(matrix);
    }
    return factors(svd, root, Math.sqrt(metric.scale()), mostRank);
  }

  private static Svd factors(
      SingularValueDecomposition_F64<DMatrixRMaj> svd, EjmlRoot root, double unit, int mostRank) {
    double[] values = svd.getSingularValues();
    int[] order =
        IntStream.range(0, svd.numberOfSingularValues())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -values[i]))
            .mapToInt(i -> i)
            .toArray();
    int rank = Math.min(mostRank, order.length);
    DMatrixRMaj u = root.unweigh(svd.getU(null, false));
    DMatrixRMaj vt = svd.getV(null, true);
    double[] left = new double[u.numRows * rank];
    double[] right = new double[rank * vt.numCols];
    for (int k = 0; k < rank; k++) {
      double norm = 0;
      for (int i = 0; i < u.numRows; i++) {
        norm = Math.hypot(norm, u.get(i, order[k]));
      }
      double scale = Math.sqrt(values[order[k]]) * Math.sqrt(norm);
      for (int i = 0; i < u.numRows; i++) {
        left[i * rank + k] = scale / norm * u.get(i, order[k]);
      }
      for (int j = 0; j < vt.numCols; j++) {
        right[k * vt.numCols + j] = scale * vt.get(order[k], j);
      }
    }
    double[] descending = Arrays.stream(order).mapToDouble(i -> unit * values[i]).toArray();
    return new Result(
        Spectrum.leading(
            new Spectrum(descending).truncationError(rank), Arrays.copyOf(descending, rank)),
        Matrix.of(u.numRows, rank, left),
        Matrix.of(rank, vt.numCols, right));
  }

  private static DecompositionException failed(Matrix matrix) {
    return new DecompositionException(
        "the decomposition of a %d x %d matrix did not converge"
            .formatted(matrix.rows(), matrix.columns()));
  }

  private record Result(Spectrum spectrum, Matrix left, Matrix right) implements Svd {
    @Override
    public void close() {
      // heap memory only
    }
  }
}
