package io.greenformers.core.linalg;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;

/** EJML's bidiagonal SVD in pure Java: the portable fallback, and the oracle in tests. */
final class EjmlSvdSolver implements SvdSolver {

  @Override
  public Svd decompose(Matrix matrix) {
    DMatrixRMaj w = copy(matrix);
    SingularValueDecomposition_F64<DMatrixRMaj> svd =
        DecompositionFactory_DDRM.svd(w.numRows, w.numCols, true, true, true);
    if (!svd.decompose(w)) {
      throw new DecompositionException(
          "the decomposition of a %d x %d matrix did not converge"
              .formatted(matrix.rows(), matrix.columns()));
    }
    int p = Math.min(matrix.rows(), matrix.columns());
    double[] values = svd.getSingularValues();
    int[] order =
        IntStream.range(0, p)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -values[i]))
            .mapToInt(i -> i)
            .toArray();
    DMatrixRMaj u = svd.getU(null, false);
    DMatrixRMaj vt = svd.getV(null, true);
    DMatrixRMaj left = new DMatrixRMaj(matrix.rows(), p);
    DMatrixRMaj right = new DMatrixRMaj(p, matrix.columns());
    for (int k = 0; k < p; k++) {
      double scale = Math.sqrt(values[order[k]]);
      for (int i = 0; i < left.numRows; i++) {
        left.set(i, k, scale * u.get(i, order[k]));
      }
      for (int j = 0; j < right.numCols; j++) {
        right.set(k, j, scale * vt.get(order[k], j));
      }
    }
    return new Result(
        new Spectrum(IntStream.of(order).mapToDouble(i -> values[i]).toArray()),
        Matrix.of(left.numRows, p, left.data),
        Matrix.of(p, right.numCols, right.data));
  }

  private static DMatrixRMaj copy(Matrix matrix) {
    DMatrixRMaj copy = new DMatrixRMaj(matrix.rows(), matrix.columns());
    for (int i = 0; i < matrix.rows(); i++) {
      for (int j = 0; j < matrix.columns(); j++) {
        double value = matrix.get(i, j);
        if (!Double.isFinite(value)) {
          throw DecompositionException.notFinite(value, i, j);
        }
        copy.set(i, j, value);
      }
    }
    return copy;
  }

  private record Result(Spectrum spectrum, Matrix left, Matrix right) implements Svd {
    @Override
    public void close() {
      // heap memory only
    }
  }
}
