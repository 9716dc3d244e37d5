package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphEditor;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.AttributeProto.AttributeType;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Changes of single nodes, made in the order of the graphs, so that a value that was prepared for
 * one node can serve the later ones.
 */
final class StorageEdits {
  private final GraphIndex index;
  private final GraphEditor editor;
  private final Map<NodeRef, List<Edit>> edits =
      new TreeMap<>(Comparator.comparingInt(NodeRef::graph).thenComparingInt(NodeRef::position));
  private final Map<String, String> shared = new HashMap<>();

  StorageEdits(GraphIndex index, GraphEditor editor) {
    this.index = index;
    this.editor = editor;
  }

  /** One change of a node. */
  @FunctionalInterface
  interface Edit {
    /** Returns the changed node, of the same name and outputs. */
    NodeProto apply(NodeProto node, Before before);
  }

  void add(NodeRef node, Edit edit) {
    edits.computeIfAbsent(node, n -> new ArrayList<>()).add(edit);
  }

  /** Replaces the nodes in the editor. */
  void make() {
    edits.forEach((ref, changes) -> {
      Before before = new Before(ref.graph());
      NodeProto node = index.node(ref);
      for (Edit change : changes) {
        node = change.apply(node, before);
      }
      before.nodes.add(node);
      editor.replace(ref, before.nodes);
    });
  }

  /** What is computed before a node, in its graph. */
  final class Before {
    private final int graph;
    private final List<NodeProto> nodes = new ArrayList<>();

    private Before(int graph) {
      this.graph = graph;
    }

    /** Adds a node with one output, and returns the output. */
    String add(String operator, List<AttributeProto> attributes, String... inputs) {
      String output = editor.freshName(inputs[0] + "_" + operator);
      nodes.add(node(operator, output, inputs).addAllAttribute(attributes).build());
      return output;
    }

    /** Adds {@code DynamicQuantizeLinear}: of the inputs, their scale and their zero point. */
    List<String> quantize(String input) {
      String output = editor.freshName(input + "_quantized");
      List<String> outputs =
          List.of(
              output, editor.freshName(input + "_scale"), editor.freshName(input + "_zero_point"));
      nodes.add(
          node("DynamicQuantizeLinear", output, input).clearOutput().addAllOutput(outputs).build());
      return outputs;
    }

    /** What was made under this key in this graph before, else what is made now. */
    String once(String key, Supplier<String> make) {
      String known = shared.get(graph + " " + key);
      if (known != null) {
        return known;
      }
      String made = make.get();
      shared.put(graph + " " + key, made);
      return made;
    }

    private NodeProto.Builder node(String operator, String output, String... inputs) {
      return NodeProto.newBuilder()
          .setOpType(operator)
          .setName(editor.freshName(output + "_node"))
          .addAllInput(List.of(inputs))
          .addOutput(output);
    }
  }

  /** The node with another operator, other inputs and no attributes. */
  static NodeProto instead(NodeProto node, String operator, String... inputs) {
    return node.toBuilder()
        .setOpType(operator)
        .clearAttribute()
        .clearInput()
        .addAllInput(List.of(inputs))
        .build();
  }

  static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.INT).setI(value).build();
  }
}
