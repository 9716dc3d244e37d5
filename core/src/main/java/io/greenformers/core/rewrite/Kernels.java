package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.site.Site;
import java.util.List;

/** Factors of a kernel [O, I, k…], in the shapes of the two convolutions that replace it. */
final class Kernels {
  private Kernels() {}

  /** The right factor [r, I·k…] as a kernel [r, I, k…]: the window, into r channels. */
  static TensorProto reduced(TensorProto right, String name, Site site) {
    List<Long> kernel = site.tensor().getDimsList();
    return right.toBuilder()
        .setName(name)
        .clearDims()
        .addDims(right.getDims(0))
        .addAllDims(kernel.subList(1, kernel.size()))
        .build();
  }

  /** The left factor [O, r] as a kernel [O, r, 1…]. */
  static TensorProto pointwise(TensorProto left, String name, Site site) {
    TensorProto.Builder kernel = left.toBuilder().setName(name);
    for (int i = 2; i < site.tensor().getDimsCount(); i++) {
      kernel.addDims(1);
    }
    return kernel.build();
  }
}
