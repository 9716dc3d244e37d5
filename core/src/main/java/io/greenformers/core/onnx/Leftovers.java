package io.greenformers.core.onnx;

import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Use;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What loses its last use when nodes are replaced: initializers, and nodes that only fed what was
 * replaced.
 *
 * @param nodes to be removed
 * @param initializers to be removed
 */
record Leftovers(Set<NodeRef> nodes, Set<Value> initializers) {

  static Leftovers of(GraphIndex index, Map<NodeRef, List<NodeProto>> replacements) {
    Map<Value, Integer> remaining = new HashMap<>();
    Deque<Value> lost = new ArrayDeque<>();
    Set<Value> stillRead = new HashSet<>();
    replacements.forEach((ref, nodes) ->
        nodes.forEach(n ->
            n.getInputList()
                .forEach(i -> index.resolve(ref.graph(), i).ifPresent(stillRead::add))));
    Leftovers leftovers = new Leftovers(new HashSet<>(), new HashSet<>());
    replacements.keySet().forEach(n -> release(index, n, remaining, lost));
    while (!lost.isEmpty()) {
      Value value = lost.pop();
      if (stillRead.contains(value) || index.isOutput(value)) {
        continue;
      }
      if (index.initializer(value).isPresent()) {
        leftovers.initializers().add(value);
        continue;
      }
      index
          .producer(value)
          .filter(n -> onlyPrepares(index.node(n)) && !replacements.containsKey(n))
          .filter(leftovers.nodes()::add)
          .ifPresent(n -> release(index, n, remaining, lost));
    }
    return leftovers;
  }

  private static void release(
      GraphIndex index, NodeRef node, Map<Value, Integer> remaining, Deque<Value> lost) {
    for (int i = 0; i < index.node(node).getInputCount(); i++) {
      index
          .input(node, i)
          .ifPresent(value -> {
            List<Use> uses = index.uses(value);
            if (remaining.merge(value, uses.size() - 1, (a, b) -> a - 1) == 0) {
              lost.push(value);
            }
          });
    }
  }

  /** A node without effect but its one output, which nobody reads any more. */
  private static boolean onlyPrepares(NodeProto node) {
    boolean known = Nodes.is(node, node.getOpType()) || Nodes.isMicrosoft(node, node.getOpType());
    return known && node.getOutputCount() == 1 && Nodes.subgraphs(node).isEmpty();
  }
}
