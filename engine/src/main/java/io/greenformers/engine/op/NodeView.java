package io.greenformers.engine.op;

import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The nodes of one graph, by what they make and read. */
final class NodeView {
  /** Constants were rounded to fp32, or written with a few digits. */
  private static final double CLOSE = 1e-4;

  private final Map<String, NodeProto> producers = new HashMap<>();
  private final Map<String, List<NodeProto>> readers = new HashMap<>();
  private final ScalarConstants constants;

  NodeView(List<NodeProto> nodes, ScalarConstants constants) {
    this.constants = constants;
    for (NodeProto node : nodes) {
      node.getOutputList().forEach(output -> producers.put(output, node));
      Planner.reads(node)
          .forEach(name -> readers.computeIfAbsent(name, k -> new ArrayList<>()).add(node));
    }
  }

  List<NodeProto> readers(String value) {
    return readers.getOrDefault(value, List.of());
  }

  /** The only node that reads a value, where it is this operator. */
  Optional<NodeProto> reader(String value, String operator) {
    List<NodeProto> all = readers(value);
    return all.size() == 1 && Nodes.is(all.getFirst(), operator)
        ? Optional.of(all.getFirst())
        : Optional.empty();
  }

  /** The node that makes a value, where it is this operator. */
  Optional<NodeProto> producer(String value, String operator) {
    return Optional.ofNullable(producers.get(value)).filter(n -> Nodes.is(n, operator));
  }

  /** The node that makes an input of a node, where it is this operator. */
  Optional<NodeProto> producer(NodeProto node, int input, String operator) {
    return Nodes.input(node, input).flatMap(name -> producer(name, operator));
  }

  boolean isConstant(String value, double expected) {
    var found = constants.find(value);
    return found.isPresent()
        && Math.abs(found.getAsDouble() - expected) <= CLOSE * Math.abs(expected);
  }

  Optional<Double> constant(String value) {
    var found = constants.find(value);
    return found.isPresent() ? Optional.of(found.getAsDouble()) : Optional.empty();
  }

  /** The other input of a node of two inputs, one of which is this constant. */
  Optional<String> besides(NodeProto node, double constant) {
    for (int i = 0; i < 2; i++) {
      if (isConstant(node.getInput(i), constant)) {
        return Optional.of(node.getInput(1 - i));
      }
    }
    return Optional.empty();
  }

  /** The other input of a node of two inputs, one of which is this value. */
  static Optional<String> besides(NodeProto node, String value) {
    return node.getInput(0).equals(value)
        ? Optional.of(node.getInput(1))
        : Optional.of(node.getInput(0)).filter(other -> node.getInput(1).equals(value));
  }
}
