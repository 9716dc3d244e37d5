package io.greenformers.core.linalg;

import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/** The symmetric S with C = S·S, for the C of a metric. Arguments may be modified. */
sealed interface EjmlRoot {
  /** S·A. */
  DMatrixRMaj weigh(DMatrixRMaj a);

  /** S⁻¹·X. */
  DMatrixRMaj unweigh(DMatrixRMaj x);

  static EjmlRoot of(Metric metric, int size) {
    return switch (metric) {
      case Metric.Identity identity -> new Identity();
      case Metric.Diagonal diagonal ->
          new Diagonal(IntStream.range(0, size).mapToDouble(diagonal::root).toArray());
      case Metric.Dense dense -> Dense.of(dense, size);
    };
  }

  /** S = I. */
  record Identity() implements EjmlRoot {
    @Override
    public DMatrixRMaj weigh(DMatrixRMaj a) {
      return a;
    }

    @Override
    public DMatrixRMaj unweigh(DMatrixRMaj x) {
      return x;
    }
  }

  /** S = diag(√w). */
  final class Diagonal implements EjmlRoot {
    private final double[] roots;

    private Diagonal(double[] roots) {
      this.roots = roots;
    }

    @Override
    public DMatrixRMaj weigh(DMatrixRMaj a) {
      CommonOps_DDRM.multRows(roots, a);
      return a;
    }

    @Override
    public DMatrixRMaj unweigh(DMatrixRMaj x) {
      CommonOps_DDRM.divideRows(roots, x);
      return x;
    }
  }

  /** S = Q·√Λ·Qᵀ. */
  record Dense(DMatrixRMaj root, DMatrixRMaj inverse) implements EjmlRoot {
    private static Dense of(Metric.Dense metric, int size) {
      EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(size, true, true);
      if (!eigen.decompose(matrix(metric, size))) {
        throw new DecompositionException(
            "the eigenproblem of %d x %d covariances did not converge".formatted(size, size));
      }
      DMatrixRMaj root = new DMatrixRMaj(size, size);
      DMatrixRMaj inverse = new DMatrixRMaj(size, size);
      for (int k = 0; k < size; k++) {
        double value = Math.sqrt(Math.max(eigen.getEigenvalue(k).real, metric.ridge()));
        DMatrixRMaj q = eigen.getEigenVector(k);
        CommonOps_DDRM.multAddTransB(value, q, q, root);
        CommonOps_DDRM.multAddTransB(1 / value, q, q, inverse);
      }
      return new Dense(root, inverse);
    }

    private static DMatrixRMaj matrix(Metric.Dense metric, int size) {
      DMatrixRMaj c = new DMatrixRMaj(size, size);
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          c.set(i, j, metric.at(Math.max(i, j), Math.min(i, j)));
        }
      }
      return c;
    }

    @Override
    public DMatrixRMaj weigh(DMatrixRMaj a) {
      return product(root, a);
    }

    @Override
    public DMatrixRMaj unweigh(DMatrixRMaj x) {
      return product(inverse, x);
    }

    private static DMatrixRMaj product(DMatrixRMaj s, DMatrixRMaj a) {
      DMatrixRMaj product = new DMatrixRMaj(s.numRows, a.numCols);
      CommonOps_DDRM.mult(s, a, product);
      return product;
    }
  }
}
