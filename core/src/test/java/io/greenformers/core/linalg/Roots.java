package io.greenformers.core.linalg;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;

/** The oracle of weighted decompositions: C^½ by a symmetric eigenproblem, then a dense SVD. */
final class Roots {
  private Roots() {}

  /** (C/scale)^½. */
  static DMatrixRMaj of(Matrix c, double scale) {
    int n = c.rows();
    DMatrixRMaj scaled = new DMatrixRMaj(n, n);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        scaled.set(i, j, (c.get(i, j) + c.get(j, i)) / 2 / scale);
      }
    }
    var eigen = DecompositionFactory_DDRM.eig(n, true, true);
    if (!eigen.decompose(scaled)) {
      throw new IllegalStateException("EJML's eigenproblem did not converge");
    }
    DMatrixRMaj root = new DMatrixRMaj(n, n);
    for (int k = 0; k < n; k++) {
      double value = Math.sqrt(Math.max(0, eigen.getEigenvalue(k).real));
      CommonOps_DDRM.multAddTransB(value, eigen.getEigenVector(k), eigen.getEigenVector(k), root);
    }
    return root;
  }

  /** Of root·A, descending. */
  static double[] singularValues(DMatrixRMaj root, Matrix a) {
    DMatrixRMaj dense = new DMatrixRMaj(a.rows(), a.columns());
    for (int i = 0; i < a.rows(); i++) {
      for (int j = 0; j < a.columns(); j++) {
        dense.set(i, j, a.get(i, j));
      }
    }
    DMatrixRMaj weighted = new DMatrixRMaj(a.rows(), a.columns());
    CommonOps_DDRM.mult(root, dense, weighted);
    var svd = DecompositionFactory_DDRM.svd(a.rows(), a.columns(), false, false, true);
    if (!svd.decompose(weighted)) {
      throw new IllegalStateException("EJML's SVD did not converge");
    }
    double[] values = Arrays.copyOf(svd.getSingularValues(), Math.min(a.rows(), a.columns()));
    Arrays.sort(values);
    double[] descending = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      descending[i] = values[values.length - 1 - i];
    }
    return descending;
  }
}
