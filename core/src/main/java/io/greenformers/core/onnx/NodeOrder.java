package io.greenformers.core.onnx;

import io.greenformers.core.onnx.InvalidModelException.Fault;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Resolves the names of a graph and sorts its nodes topologically (Kahn), keeping their order where
 * it is valid already.
 *
 * <p>Refuses values that are produced twice or by nothing, and nodes that feed each other.
 */
final class NodeOrder {
  private final Set<String> outer;
  private final GraphProto graph;
  private final Map<String, Integer> producers = new HashMap<>();
  private final Set<String> own = new HashSet<>();
  private final Set<String> captured = new LinkedHashSet<>();

  private NodeOrder(GraphProto graph, Set<String> outer) {
    this.graph = graph;
    this.outer = outer;
  }

  /** Returns the graph, and the graphs nested in it, with their nodes in order. */
  static GraphProto sort(GraphProto graph) {
    return new NodeOrder(graph, Set.of()).sort();
  }

  /** Checks the body of a function, whose inputs are names only. */
  static void check(
      String function, List<String> inputs, List<String> outputs, List<NodeProto> body) {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("function " + function);
    inputs.forEach(i -> graph.addInput(ValueInfoProto.newBuilder().setName(i)));
    outputs.forEach(o -> graph.addOutput(ValueInfoProto.newBuilder().setName(o)));
    sort(graph.addAllNode(body).build());
  }

  private GraphProto sort() {
    define();
    List<NodeProto> nodes = new ArrayList<>(graph.getNodeCount());
    List<Set<Integer>> needs = new ArrayList<>(graph.getNodeCount());
    Set<String> visible = null;
    for (NodeProto node : graph.getNodeList()) {
      Set<Integer> need = new HashSet<>();
      node.getInputList().forEach(i -> need(node, i, need));
      if (Nodes.subgraphs(node).isEmpty()) {
        nodes.add(node);
      } else {
        visible = visible == null ? union() : visible;
        nodes.add(sortSubgraphs(node, visible, need));
      }
      needs.add(need);
    }
    for (ValueInfoProto output : graph.getOutputList()) {
      if (!own.contains(output.getName()) && !outer.contains(output.getName())) {
        throw dangling("output '%s' of %s".formatted(output.getName(), where()));
      }
    }
    return graph.toBuilder().clearNode().addAllNode(kahn(nodes, needs)).build();
  }

  private void define() {
    Set<String> inputs = new HashSet<>();
    graph.getInputList().forEach(i -> defineOnce(inputs, i.getName(), "input"));
    Set<String> initializers = new HashSet<>();
    for (TensorProto tensor : graph.getInitializerList()) {
      defineOnce(initializers, tensor.getName(), "initializer");
    }
    graph
        .getSparseInitializerList()
        .forEach(s -> defineOnce(initializers, s.getValues().getName(), "initializer"));
    own.addAll(inputs);
    own.addAll(initializers);
    for (int i = 0; i < graph.getNodeCount(); i++) {
      for (String output : graph.getNode(i).getOutputList()) {
        if (!output.isEmpty()) {
          defineOnce(own, output, "output of node " + Nodes.describe(graph.getNode(i)));
          producers.put(output, i);
        }
      }
    }
  }

  private void defineOnce(Set<String> names, String name, String as) {
    if (!names.add(name)) {
      throw new InvalidModelException(
          Fault.DUPLICATE_VALUE,
          "value '%s' (%s) is defined twice in %s; expected one definition"
              .formatted(name, as, where()));
    }
  }

  private void need(NodeProto node, String name, Set<Integer> need) {
    if (name.isEmpty()) {
      return;
    }
    Integer producer = producers.get(name);
    if (producer != null) {
      need.add(producer);
    } else if (!own.contains(name)) {
      if (!outer.contains(name)) {
        throw dangling(
            "input '%s' of node %s in %s".formatted(name, Nodes.describe(node), where()));
      }
      captured.add(name);
    }
  }

  private NodeProto sortSubgraphs(NodeProto node, Set<String> visible, Set<Integer> need) {
    NodeProto.Builder sorted = node.toBuilder();
    for (AttributeProto.Builder attribute : sorted.getAttributeBuilderList()) {
      if (attribute.hasG()) {
        attribute.setG(sortSubgraph(node, attribute.getG(), visible, need));
      }
      for (int i = 0; i < attribute.getGraphsCount(); i++) {
        attribute.setGraphs(i, sortSubgraph(node, attribute.getGraphs(i), visible, need));
      }
    }
    return sorted.build();
  }

  private GraphProto sortSubgraph(
      NodeProto node, GraphProto subgraph, Set<String> visible, Set<Integer> need) {
    NodeOrder order = new NodeOrder(subgraph, visible);
    GraphProto sorted = order.sort();
    order.captured.forEach(name -> need(node, name, need));
    return sorted;
  }

  private Set<String> union() {
    Set<String> visible = new HashSet<>(outer);
    visible.addAll(own);
    return visible;
  }

  private List<NodeProto> kahn(List<NodeProto> nodes, List<Set<Integer>> needs) {
    List<List<Integer>> dependents = new ArrayList<>(nodes.size());
    nodes.forEach(n -> dependents.add(new ArrayList<>()));
    int[] missing = new int[nodes.size()];
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i = 0; i < nodes.size(); i++) {
      missing[i] = needs.get(i).size();
      for (int needed : needs.get(i)) {
        dependents.get(needed).add(i);
      }
      if (missing[i] == 0) {
        ready.add(i);
      }
    }
    List<NodeProto> sorted = new ArrayList<>(nodes.size());
    while (!ready.isEmpty()) {
      int next = ready.poll();
      sorted.add(nodes.get(next));
      for (int dependent : dependents.get(next)) {
        if (--missing[dependent] == 0) {
          ready.add(dependent);
        }
      }
    }
    if (sorted.size() < nodes.size()) {
      throw cycle(nodes, missing);
    }
    return sorted;
  }

  private InvalidModelException cycle(List<NodeProto> nodes, int[] missing) {
    List<String> stuck = new ArrayList<>();
    for (int i = 0; i < missing.length && stuck.size() < 5; i++) {
      if (missing[i] > 0) {
        stuck.add(Nodes.describe(nodes.get(i)));
      }
    }
    return new InvalidModelException(
        Fault.CYCLE,
        "nodes of %s feed each other, or wait for nodes that do: %s"
            .formatted(where(), String.join(", ", stuck)));
  }

  private InvalidModelException dangling(String what) {
    return new InvalidModelException(Fault.DANGLING_VALUE, what + " is produced by nothing");
  }

  private String where() {
    return "graph '%s'".formatted(graph.getName());
  }
}
