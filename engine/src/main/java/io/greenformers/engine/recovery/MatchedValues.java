package io.greenformers.engine.recovery;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Values inside, that both models have under one name and that carry a layer's result: what at
 * least two nodes read, and a normalisation or a sum made. Rewrites keep the names of what they
 * keep.
 */
public final class MatchedValues {
  private static final Set<String> LAYERS_END_IN =
      Set.of(
          "LayerNormalization",
          "SkipLayerNormalization",
          "SimplifiedLayerNormalization",
          "SkipSimplifiedLayerNormalization",
          "EmbedLayerNormalization",
          "RMSNormalization",
          "Add",
          "Mul");

  private MatchedValues() {}

  /** Their names, in the order of the student's graph. */
  public static List<String> of(GraphIndex student, GraphIndex teacher) {
    List<String> names = new ArrayList<>();
    for (NodeRef ref : student.nodes()) {
      if (ref.graph() != 0) {
        continue;
      }
      NodeProto node = student.node(ref);
      if (LAYERS_END_IN.contains(node.getOpType()) && node.getOutputCount() > 0) {
        Value value = new Value(0, node.getOutput(0));
        if (isShared(student, value) && isShared(teacher, value)) {
          names.add(value.name());
        }
      }
    }
    return names;
  }

  private static boolean isShared(GraphIndex index, Value value) {
    return index
        .producer(value)
        .map(ref -> LAYERS_END_IN.contains(index.node(ref).getOpType()))
        .filter(ends -> ends)
        .map(ends -> index.uses(value).stream().map(GraphIndex.Use::node).distinct().count() >= 2)
        .orElse(false);
  }
}
