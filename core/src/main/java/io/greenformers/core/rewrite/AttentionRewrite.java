package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.Domains;
import io.greenformers.core.onnx.GraphEditor;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.WeightStore;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The nodes that replace an {@link Attention}: {@code MultiHeadAttention}, and what prepares its
 * inputs. Biases of Q, K and V go into the node; terms are expanded to [·, ·, S, L], once for all
 * attentions that share them.
 */
final class AttentionRewrite {
  private final GraphIndex index;
  private final GraphEditor editor;
  private final SymbolicShapes shapes;
  private final FloatConstants constants;
  private final WeightStore weights;
  private final NewNodes nodes;
  private final Map<List<Object>, String> expanded = new HashMap<>();

  AttentionRewrite(AttentionContext context, GraphEditor editor) {
    this.index = context.index();
    this.editor = editor;
    this.shapes = context.shapes();
    this.constants = context.constants();
    this.weights = context.model().weights();
    this.nodes = new NewNodes(editor);
  }

  /** A product of so many columns, and the constant vector that is added to it, if any. */
  private record Biased(String product, int width, Optional<Value> bias) {}

  /** The nodes, the last of which makes what the last node of the attention made. */
  List<NodeProto> build(Attention attention) {
    NodeProto last = index.node(attention.last());
    Value output = new Value(attention.last().graph(), last.getOutput(0));
    boolean reshaped = !shapes.shape(output).equals(Optional.of(attention.merged()));
    String result = reshaped ? editor.freshName(output.name() + "_attention") : output.name();
    NodeProto.Builder node = fused(attention).addOutput(result);
    nodes.add(node.setName(reshaped ? editor.freshName(result + "_node") : last.getName()).build());
    if (reshaped) {
      nodes.add(reshape(attention, last, result));
    }
    return nodes.take();
  }

  /** Merging reshapes as it did; what reads separate heads gets them by splitting the last axis. */
  private NodeProto reshape(Attention attention, NodeProto last, String result) {
    if (Nodes.is(last, "Reshape")) {
      return last.toBuilder().setInput(0, result).build();
    }
    long width = ((Dim.Size) attention.merged().get(2)).size();
    return last.toBuilder()
        .setOpType("Reshape")
        .clearAttribute()
        .setInput(0, result)
        .addInput(nodes.integers(0, 0, attention.heads(), width / attention.heads()))
        .build();
  }

  private NodeProto.Builder fused(Attention attention) {
    Biased query = biased(attention.query());
    Biased key = biased(attention.key());
    Biased value = biased(attention.value());
    List<Biased> all = List.of(query, key, value);
    boolean anyBias = all.stream().anyMatch(b -> b.bias().isPresent());
    NodeProto.Builder node =
        NodeProto.newBuilder()
            .setOpType("MultiHeadAttention")
            .setDomain(Domains.MICROSOFT)
            .addAttribute(Attributes.integer("num_heads", attention.heads()))
            .addAttribute(Attributes.real("scale", (float) attention.scale()));
    all.forEach(b -> node.addInput(b.product()));
    Optional<String> terms = terms(attention);
    if (anyBias || terms.isPresent()) {
      node.addInput(anyBias ? bias(attention, all) : "");
    }
    terms.ifPresent(t -> node.addInput("").addInput(t));
    return node;
  }

  private Biased biased(Value packed) {
    int width = (int) ((Dim.Size) shapes.shape(packed).orElseThrow().get(2)).size();
    Optional<NodeRef> add = index.producer(packed).filter(ref -> Nodes.is(index.node(ref), "Add"));
    if (add.isPresent()) {
      for (int i = 0; i < 2; i++) {
        Optional<Value> bias =
            index.input(add.get(), i).filter(v -> constants.vector(v, width).isPresent());
        Optional<Value> product = index.input(add.get(), 1 - i);
        if (bias.isPresent() && shapes.shape(product.get()).equals(shapes.shape(packed))) {
          return new Biased(product.get().name(), width, bias);
        }
      }
    }
    return new Biased(packed.name(), width, Optional.empty());
  }

  private String bias(Attention attention, List<Biased> parts) {
    String name = editor.freshName(index.node(attention.last()).getOutput(0) + "_bias");
    float[] bias = new float[parts.stream().mapToInt(Biased::width).sum()];
    int offset = 0;
    for (Biased part : parts) {
      if (part.bias().isPresent()) {
        float[] own = constants.vector(part.bias().get(), part.width()).orElseThrow();
        System.arraycopy(own, 0, bias, offset, own.length);
      }
      offset += part.width();
    }
    editor.addInitializer(
        0, weights.append(name, DataType.FLOAT, List.of((long) bias.length), i -> bias[(int) i]));
    return name;
  }

  /**
   * The sum of the terms, in the shape [1 or batch, 1 or heads, S, L] that the operator demands.
   */
  private Optional<String> terms(Attention attention) {
    if (attention.terms().isEmpty()) {
      return Optional.empty();
    }
    Dim length = attention.merged().get(1);
    Dim keys = shapes.shape(attention.key()).orElseThrow().get(1);
    List<Object> identity = new ArrayList<>(attention.terms());
    identity.addAll(List.of(length, keys, attention.last().graph()));
    String known = expanded.get(identity);
    if (known == null) {
      known = expand(attention, length, keys);
      expanded.put(List.copyOf(identity), known);
    }
    return Optional.of(known);
  }

  private String expand(Attention attention, Dim length, Dim keys) {
    String sum = attention.terms().getFirst().name();
    for (Value term : attention.terms().subList(1, attention.terms().size())) {
      sum = nodes.add("Add", "scores_term", sum, term.name());
    }
    boolean whole =
        attention.terms().stream()
            .map(t -> shapes.shape(t).orElseThrow())
            .anyMatch(d -> d.size() == 4 && d.get(2).equals(length) && d.get(3).equals(keys));
    if (whole) {
      return sum;
    }
    NewNodes n = nodes;
    String shape =
        n.concat(
            n.integers(1),
            n.integers(1),
            n.axisOne(attention.query().name()),
            n.axisOne(attention.key().name()));
    return n.add("Expand", "scores_bias", sum, shape);
  }
}
