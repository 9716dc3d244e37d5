package io.greenformers.engine.op;

import io.greenformers.core.onnx.proto.NodeProto;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Replaces patterns in the nodes of a graph.
 *
 * <p>A pattern stays as it is where something outside of it reads one of its intermediate values,
 * or where such a value is wanted.
 */
final class Fusions {
  private Fusions() {}

  /** The nodes in order, each pattern's replacement in the place of its last node. */
  static List<NodeProto> apply(
      List<NodeProto> nodes, Collection<String> wanted, ScalarConstants constants) {
    NodeView view = new NodeView(nodes, constants);
    Map<String, NodeProto> replacements = new HashMap<>();
    Set<String> gone = new HashSet<>();
    for (NodeProto node : nodes) {
      for (Fusion fusion : Fusion.ALL) {
        Optional<Fusion.Match> match =
            fusion.match(node, view).filter(m -> isClosed(m, view, wanted, gone));
        match.ifPresent(m -> {
          m.replaced().forEach(n -> gone.addAll(n.getOutputList()));
          replacements.put(m.by().getOutput(0), m.by());
        });
      }
    }
    List<NodeProto> fused = new ArrayList<>();
    for (NodeProto node : nodes) {
      NodeProto replacement = replacements.get(node.getOutput(0));
      if (replacement != null) {
        fused.add(replacement);
      } else if (!gone.contains(node.getOutput(0))) {
        fused.add(node);
      }
    }
    return fused;
  }

  private static boolean isClosed(
      Fusion.Match match, NodeView view, Collection<String> wanted, Set<String> gone) {
    for (NodeProto node : match.replaced()) {
      for (String output : node.getOutputList()) {
        boolean last = output.equals(match.by().getOutput(0));
        boolean free =
            !wanted.contains(output) && match.replaced().containsAll(view.readers(output));
        if (gone.contains(output) || !(last || free)) {
          return false;
        }
      }
    }
    return true;
  }
}
