package io.greenformers.engine.op;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Products of matrices. */
final class MatrixOps {
  private MatrixOps() {}

  static void register(Registry.Domain domain) {
    domain.one("MatMul", 1, c -> c.tensor(0).matmul(c.tensor(1)));
    domain.one("Gemm", 7, MatrixOps::gemm);
    domain.one("Einsum", 12, MatrixOps::einsum);
  }

  /** α·A·B + β·C. */
  static Tensor gemm(Call call) {
    Tensor a = call.attributes().flag("transA", false) ? call.tensor(0).t() : call.tensor(0);
    Tensor b = call.attributes().flag("transB", false) ? call.tensor(1).t() : call.tensor(1);
    double alpha = call.attributes().real("alpha", 1);
    if (!call.has(2)) {
      Tensor product = a.matmul(b);
      return alpha == 1 ? product : product.mul(Scalars.of(alpha));
    }
    double beta = call.attributes().real("beta", 1);
    return torch.addmm(call.tensor(2), a, b, Scalars.of(beta), Scalars.of(alpha));
  }

  private static Tensor einsum(Call call) {
    Tensor[] operands = call.tensors().toArray(Tensor[]::new);
    return torch.einsum(call.attributes().text("equation", ""), new TensorVector(operands));
  }
}
