package io.greenformers.core.onnx;

import io.greenformers.core.onnx.InvalidModelException.Fault;
import io.greenformers.core.onnx.proto.FunctionProto;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Refuses functions that are defined twice, call themselves directly or through others, or expand
 * to more nodes than any real model has (runtimes inline every call).
 */
final class FunctionCheck {
  static final long MOST_EXPANDED_NODES = 1_000_000;

  private record Key(String domain, String name, String overload) {
    static Key of(FunctionProto f) {
      return new Key(f.getDomain(), f.getName(), f.getOverload());
    }

    static Key of(NodeProto n) {
      return new Key(n.getDomain(), n.getOpType(), n.getOverload());
    }
  }

  private final Map<Key, FunctionProto> functions = new HashMap<>();
  private final Map<Key, Long> expanded = new HashMap<>();

  private FunctionCheck() {}

  static void check(List<FunctionProto> all) {
    FunctionCheck check = new FunctionCheck();
    for (FunctionProto f : all) {
      if (check.functions.put(Key.of(f), f) != null) {
        throw fault(f, "is defined twice");
      }
      NodeOrder.check(f.getName(), f.getInputList(), f.getOutputList(), f.getNodeList());
    }
    check.functions.keySet().forEach(check::expand);
  }

  /** Depth first with a stack of its own: a chain of calls may be as long as the file. */
  private void expand(Key root) {
    Deque<Key> stack = new ArrayDeque<>(List.of(root));
    Set<Key> open = new HashSet<>();
    while (!stack.isEmpty()) {
      Key key = stack.peek();
      FunctionProto function = functions.get(key);
      if (function == null || expanded.containsKey(key)) {
        stack.pop();
        continue;
      }
      List<Key> calls = nodes(function.getNodeList()).stream().map(Key::of).toList();
      List<Key> unknown =
          calls.stream().filter(c -> functions.containsKey(c) && !expanded.containsKey(c)).toList();
      if (!unknown.isEmpty()) {
        open.add(key);
        for (Key call : unknown) {
          if (open.contains(call)) {
            throw fault(function, "calls '%s', which calls it again".formatted(call.name()));
          }
          stack.push(call);
        }
        continue;
      }
      stack.pop();
      open.remove(key);
      expanded.put(key, size(function, calls));
    }
  }

  private long size(FunctionProto function, List<Key> calls) {
    long size = 0;
    for (Key call : calls) {
      size += expanded.getOrDefault(call, 1L);
      if (size > MOST_EXPANDED_NODES) {
        throw fault(function, "expands to more than %d nodes".formatted(MOST_EXPANDED_NODES));
      }
    }
    return size;
  }

  /** The nodes of a body, those of nested graphs included. */
  private static List<NodeProto> nodes(List<NodeProto> body) {
    return body.stream()
        .<NodeProto>mapMulti((node, out) -> {
          out.accept(node);
          for (GraphProto graph : Nodes.subgraphs(node)) {
            nodes(graph.getNodeList()).forEach(out);
          }
        })
        .toList();
  }

  private static InvalidModelException fault(FunctionProto f, String what) {
    return new InvalidModelException(
        Fault.FUNCTION,
        "function '%s' of domain '%s' %s".formatted(f.getName(), f.getDomain(), what));
  }
}
