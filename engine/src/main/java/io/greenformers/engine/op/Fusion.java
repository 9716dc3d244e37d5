package io.greenformers.engine.op;

import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.Collection;
import java.util.List;

/** Puts one node in the place of several that compute the same. */
@FunctionalInterface
interface Fusion {
  Fusion NONE = (nodes, graph, wanted) -> nodes;

  /**
   * The nodes with known patterns replaced.
   *
   * @param nodes of the graph, in order
   * @param wanted values that must still be there
   */
  List<NodeProto> apply(List<NodeProto> nodes, GraphProto graph, Collection<String> wanted);
}
