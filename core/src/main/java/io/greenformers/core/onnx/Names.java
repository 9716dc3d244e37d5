package io.greenformers.core.onnx;

import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.HashSet;
import java.util.Set;

/** All names that are taken, over all graphs: of values and of nodes. */
final class Names {
  private Names() {}

  static Set<String> of(GraphIndex index) {
    Set<String> names = new HashSet<>();
    for (int g = 0; g < index.graphCount(); g++) {
      GraphProto graph = index.graph(g);
      graph.getInputList().forEach(v -> names.add(v.getName()));
      graph.getOutputList().forEach(v -> names.add(v.getName()));
      graph.getValueInfoList().forEach(v -> names.add(v.getName()));
      graph.getInitializerList().forEach(t -> names.add(t.getName()));
      graph.getSparseInitializerList().forEach(t -> names.add(t.getValues().getName()));
      for (NodeProto node : graph.getNodeList()) {
        names.add(node.getName());
        names.addAll(node.getInputList());
        names.addAll(node.getOutputList());
      }
    }
    return names;
  }
}
