package io.greenformers.engine.op;

import io.greenformers.core.onnx.proto.NodeProto;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A pattern of nodes that one node can take the place of. */
@FunctionalInterface
interface Fusion {
  /** Where the operators live that only fusions make. */
  String DOMAIN = "io.greenformers";

  List<Fusion> ALL = List.of(new FuseLayerNorm(), new FuseGelu(), new FuseAttention());

  /**
   * A pattern that was found.
   *
   * @param replaced its nodes; nothing else reads what they make, but for the last one's output
   * @param by the node that makes that output instead
   */
  record Match(Set<NodeProto> replaced, NodeProto by) {
    public Match {
      replaced = Set.copyOf(replaced);
    }
  }

  /** The pattern around a node that is characteristic for it. */
  Optional<Match> match(NodeProto node, NodeView nodes);
}
