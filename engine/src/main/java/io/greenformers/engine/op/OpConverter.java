package io.greenformers.engine.op;

import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Computes the outputs of a node with libtorch. Stateless. Inputs are never written to; an output
 * may be an input or a view of it. Everything else that it makes is freed when it returns.
 */
@FunctionalInterface
interface OpConverter {
  /**
   * Computes one run of a node.
   *
   * @return the outputs in the node's order; trailing ones that nobody named may be missing
   */
  List<Tensor> convert(Call call);

  /** An operator of one output. */
  @FunctionalInterface
  interface Single {
    Tensor convert(Call call);
  }
}
