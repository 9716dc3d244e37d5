package io.greenformers.engine.op;

import io.greenformers.core.onnx.Domains;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.OperatorSetIdProto;
import io.greenformers.engine.op.UnsupportedOperatorException.Missing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The converters of a model's operators, at the versions that it imports. */
final class Operators {
  private final Registry registry;
  private final Map<String, Long> versions = new HashMap<>();

  private record Operator(String domain, String name) {}

  Operators(Registry registry, ModelProto model) {
    this.registry = registry;
    for (OperatorSetIdProto imported : model.getOpsetImportList()) {
      versions.put(imported.getDomain(), imported.getVersion());
    }
  }

  /** The converter of a node; there is one, by {@link #check}. */
  OpConverter converter(NodeProto node) {
    return registry
        .find(node.getDomain(), node.getOpType(), version(node.getDomain()))
        .orElseThrow(() -> new IllegalStateException(Nodes.describe(node)));
  }

  /**
   * Looks for every operator of a graph and the graphs in it.
   *
   * @throws UnsupportedOperatorException naming each that has no converter, with its nodes
   */
  void check(GraphProto graph) {
    Map<Operator, List<String>> missing = new LinkedHashMap<>();
    collect(graph, missing);
    if (!missing.isEmpty()) {
      throw new UnsupportedOperatorException(
          missing.entrySet().stream()
              .map(e ->
                  new Missing(
                      e.getKey().domain(),
                      e.getKey().name(),
                      version(e.getKey().domain()),
                      e.getValue()))
              .toList());
    }
  }

  private void collect(GraphProto graph, Map<Operator, List<String>> missing) {
    for (NodeProto node : graph.getNodeList()) {
      String domain = node.getDomain();
      boolean known = registry.find(domain, node.getOpType(), version(domain)).isPresent();
      if (!known && !Constants.isConstant(node)) {
        missing
            .computeIfAbsent(new Operator(domain, node.getOpType()), k -> new ArrayList<>())
            .add(Nodes.describe(node));
      }
      new Attributes(node).graphs().values().forEach(body -> collect(body, missing));
    }
  }

  private long version(String domain) {
    return Domains.isDefault(domain)
        ? Math.max(versions.getOrDefault("", 0L), versions.getOrDefault("ai.onnx", 0L))
        : versions.getOrDefault(domain, 1L);
  }
}
