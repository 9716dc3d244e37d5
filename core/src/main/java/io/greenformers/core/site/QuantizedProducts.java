package io.greenformers.core.site;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Products whose weights are quantized already: factors are made of floating weights only. */
public final class QuantizedProducts {
  /** Of ONNX, and of ONNX Runtime's {@code com.microsoft}. */
  private static final Set<String> OPERATORS =
      Set.of(
          "MatMulInteger",
          "ConvInteger",
          "QLinearMatMul",
          "QLinearConv",
          "MatMulIntegerToFloat",
          "DynamicQuantizeMatMul",
          "DynamicQuantizeLSTM",
          "MatMulNBits",
          "MatMulBnb4",
          "QGemm",
          "QAttention");

  private static final Set<String> FLOATING = Set.of("MatMul", "Gemm", "Conv");

  private QuantizedProducts() {}

  /** How many there are of each operator, in subgraphs too. */
  public static Map<String, Integer> of(GraphIndex index) {
    Map<String, Integer> counts = new TreeMap<>();
    for (NodeRef ref : index.nodes()) {
      String operator = index.node(ref).getOpType();
      if (OPERATORS.contains(operator)) {
        counts.merge(operator, 1, Integer::sum);
      } else if (FLOATING.contains(operator) && isDequantized(index, ref)) {
        counts.merge("DequantizeLinear", 1, Integer::sum);
      }
    }
    return counts;
  }

  /** Whether its weight is a constant of integers that {@code DequantizeLinear} scales. */
  private static boolean isDequantized(GraphIndex index, NodeRef product) {
    return index
        .input(product, 1)
        .flatMap(index::producer)
        .filter(scaling -> {
          NodeProto node = index.node(scaling);
          return Nodes.is(node, "DequantizeLinear")
              && index.input(scaling, 0).flatMap(index::constant).isPresent();
        })
        .isPresent();
  }
}
