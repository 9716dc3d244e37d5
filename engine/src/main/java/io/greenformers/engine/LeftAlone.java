package io.greenformers.engine;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.site.QuantizedProducts;
import io.greenformers.core.site.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Says of what a model is made that no factors are made of. */
final class LeftAlone {
  private LeftAlone() {}

  /** For people; empty where there is nothing to say. */
  static List<String> remarks(GraphIndex index, List<Site> sites) {
    List<String> remarks = new ArrayList<>();
    Map<String, Integer> quantized = QuantizedProducts.of(index);
    if (!quantized.isEmpty()) {
      remarks.add(
          "%d products are left as they are, since their weights are quantized already (%s); to have them factorized, give the model as it was before"
              .formatted(
                  quantized.values().stream().mapToInt(Integer::intValue).sum(),
                  String.join(", ", quantized.keySet())));
    }
    if (sites.isEmpty()) {
      remarks.add(
          "no weight can be factorized: expected MatMul, Gemm, Conv, Gather or their fused forms with constant floating weights, found none");
    }
    return remarks;
  }
}
