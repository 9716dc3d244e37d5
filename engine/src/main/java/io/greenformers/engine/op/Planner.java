package io.greenformers.engine.op;

import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Decides which nodes of a graph run, with which converters, and when values are dropped. */
final class Planner {
  private final Operators operators;
  private final ConstantPool constants;
  private final boolean fused;

  Planner(Operators operators, ConstantPool constants, boolean fused) {
    this.operators = operators;
    this.constants = constants;
    this.fused = fused;
  }

  /** The plan that computes some values of a graph, which outlive the run. */
  Plan plan(GraphProto graph, Collection<String> wanted) {
    List<NodeProto> all =
        graph.getNodeList().stream().filter(n -> !Constants.isConstant(n)).toList();
    List<NodeProto> plain = needed(all, wanted);
    List<NodeProto> nodes =
        fused ? Fusions.apply(plain, wanted, name -> constants.scalar(graph, name)) : plain;
    List<List<String>> reads = nodes.stream().map(Planner::reads).toList();
    Map<String, Integer> lastReads = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      for (String name : reads.get(i)) {
        lastReads.put(name, i);
      }
    }
    Set<String> kept = new HashSet<>(wanted);
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      int position = i;
      Set<String> done = new LinkedHashSet<>(reads.get(i));
      // what nobody reads goes at once
      done.addAll(nodes.get(i).getOutputList());
      done.removeIf(n -> kept.contains(n) || lastReads.getOrDefault(n, position) != position);
      steps.add(step(nodes.get(i), List.copyOf(done)));
    }
    return new Plan(
        graph.getInputList().stream().map(ValueInfoProto::getName).toList(),
        List.copyOf(wanted),
        constants.of(graph),
        steps);
  }

  private Step step(NodeProto node, List<String> releases) {
    Attributes attributes = new Attributes(node);
    Map<String, Plan> bodies = new HashMap<>();
    attributes
        .graphs()
        .forEach((name, body) ->
            bodies.put(
                name,
                plan(body, body.getOutputList().stream().map(ValueInfoProto::getName).toList())));
    return new Step(node, operators.converter(node), attributes, bodies, releases);
  }

  /** The nodes that some values depend on, in order. */
  private static List<NodeProto> needed(List<NodeProto> nodes, Collection<String> wanted) {
    Set<String> names = new HashSet<>(wanted);
    List<NodeProto> needed = new ArrayList<>();
    for (NodeProto node : nodes.reversed()) {
      if (node.getOutputList().stream().anyMatch(names::contains)) {
        names.addAll(reads(node));
        needed.add(node);
      }
    }
    return needed.reversed();
  }

  /** What a node reads, and what the graphs in it capture or name themselves. */
  static List<String> reads(NodeProto node) {
    Set<String> names = new LinkedHashSet<>(node.getInputList());
    for (GraphProto body : new Attributes(node).graphs().values()) {
      body.getNodeList().forEach(n -> names.addAll(reads(n)));
      body.getOutputList().forEach(o -> names.add(o.getName()));
    }
    names.remove("");
    return List.copyOf(names);
  }
}
