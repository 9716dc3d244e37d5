package io.greenformers.core.site;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.ValueInfoProto;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Which integers an input may hold: fewer than the rows of every table that it indexes. */
public final class TokenBounds {
  private static final List<String> KEEP_VALUES =
      List.of("Cast", "Identity", "Reshape", "Unsqueeze", "Squeeze", "Slice", "Expand", "Flatten");

  private TokenBounds() {}

  /** The least number of rows among the tables that each input reaches, by the input's name. */
  public static Map<String, Long> of(GraphIndex index) {
    Map<String, Long> bounds = new HashMap<>();
    for (ValueInfoProto input : index.graph(0).getInputList()) {
      Deque<Value> open = new ArrayDeque<>(List.of(new Value(0, input.getName())));
      Set<Value> seen = new HashSet<>(open);
      while (!open.isEmpty()) {
        for (GraphIndex.Use use : index.uses(open.pop())) {
          NodeProto node = index.node(use.node());
          if (Nodes.is(node, "Gather") && use.input() == 1) {
            rows(index, use).ifPresent(r -> bounds.merge(input.getName(), r, Math::min));
          } else if (use.input() == 0 && KEEP_VALUES.stream().anyMatch(k -> Nodes.is(node, k))) {
            Value next = new Value(use.node().graph(), node.getOutput(0));
            if (seen.add(next)) {
              open.push(next);
            }
          }
        }
      }
    }
    return bounds;
  }

  private static Optional<Long> rows(GraphIndex index, GraphIndex.Use use) {
    return index
        .input(use.node(), 0)
        .flatMap(index::initializer)
        .filter(t -> t.getDimsCount() > 1)
        .map((TensorProto t) -> t.getDims(0));
  }
}
