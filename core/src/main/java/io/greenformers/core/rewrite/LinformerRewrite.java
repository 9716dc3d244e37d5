package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphEditor;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.rewrite.Dim.Size;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The nodes that replace an {@link Attention} by one over pooled keys and values.
 *
 * <p>Pooling is linear, and so are keys and values in what they are projected from: that is pooled,
 * once for both, so that their projections take m rows instead of n.
 */
final class LinformerRewrite {
  private static final int LAST_AXIS = 3;

  private final GraphIndex index;
  private final GraphEditor editor;
  private final SymbolicShapes shapes;
  private final FloatConstants constants;
  private final Neighbours graph;
  private final NewNodes nodes;
  private final int projectedLength;
  private final Map<List<Object>, SequencePooling> poolings = new HashMap<>();

  LinformerRewrite(AttentionSearch search, GraphEditor editor, int projectedLength) {
    this.index = search.index();
    this.editor = editor;
    this.shapes = search.shapes();
    this.constants = search.constants();
    this.graph = new Neighbours(index);
    this.nodes = new NewNodes(editor);
    this.projectedLength = projectedLength;
  }

  /** The nodes, the last of which makes what the last node of the attention made. */
  List<NodeProto> build(Attention attention) {
    Projection key = projection(attention.key());
    SequencePooling pooling = pooling(attention, key.source());
    String keys = pooled(key, pooling);
    String values = pooled(projection(attention.value()), pooling);
    int heads = attention.heads();
    String query = heads(attention.query().name(), heads, width(attention.query()), Heads.FIRST);
    String turned = heads(keys, heads, width(attention.key()), Heads.FIRST_AND_TRANSPOSED);
    String value = heads(values, heads, width(attention.value()), Heads.FIRST);
    String scores = nodes.add("MatMul", "scores", query, turned);
    if (attention.scale() != 1) {
      scores = nodes.add("Mul", "scores", scores, nodes.real((float) attention.scale()));
    }
    String biased = nodes.add("Add", "scores", scores, pooling.bias());
    String probabilities =
        nodes.add("Softmax", "attention", List.of(Attributes.integer("axis", LAST_AXIS)), biased);
    finish(index.node(attention.last()), nodes.add("MatMul", "context", probabilities, value));
    return nodes.take();
  }

  private void finish(NodeProto last, String context) {
    boolean merges = Nodes.is(last, "Reshape");
    String read = merges ? transposed(context, Heads.FIRST) : context;
    nodes.add(last.toBuilder().setInput(0, read).build());
  }

  /**
   * A value [batch, n, width], and what can be pooled before it.
   *
   * @param source [batch, n, size]: the value itself, or what it is projected from
   * @param nodes that project it, in their order; each reads what the one before it makes
   */
  private record Projection(Value source, List<NodeRef> nodes) {}

  private Projection projection(Value packed) {
    Optional<NodeRef> add = graph.privateProducer(packed, "Add").filter(ref -> bias(ref) >= 0);
    Value product = add.map(ref -> index.input(ref, 1 - bias(ref)).orElseThrow()).orElse(packed);
    Optional<NodeRef> matrix = graph.privateProducer(product, "MatMul").filter(this::isProjection);
    if (matrix.isEmpty()) {
      return new Projection(packed, List.of());
    }
    Value source = index.input(matrix.get(), 0).orElseThrow();
    List<NodeRef> both = add.map(ref -> List.of(matrix.get(), ref)).orElse(List.of(matrix.get()));
    return new Projection(source, both);
  }

  /** Which input of an {@code Add} is a constant vector; -1 where none is. */
  private int bias(NodeRef add) {
    Value sum = graph.output(add);
    for (int i = 0; i < 2; i++) {
      if (index.input(add, i).flatMap(v -> constants.vector(v, width(sum))).isPresent()) {
        return i;
      }
    }
    return -1;
  }

  private boolean isProjection(NodeRef product) {
    Optional<Value> source = index.input(product, 0);
    return source.flatMap(shapes::shape).filter(dims -> dims.size() == 3).isPresent()
        && index.input(product, 1).flatMap(constants::tensor).isPresent();
  }

  private String pooled(Projection projection, SequencePooling pooling) {
    String before = projection.source().name();
    String value = pooling.pool(before);
    for (NodeRef ref : projection.nodes()) {
      NodeProto node = index.node(ref);
      String output = editor.freshName(node.getOutput(0) + "_pooled");
      NodeProto.Builder copy = node.toBuilder().setOutput(0, output);
      copy.setInput(copy.getInputList().indexOf(before), value);
      nodes.add(copy.build());
      before = node.getOutput(0);
      value = output;
    }
    return value;
  }

  private SequencePooling pooling(Attention attention, Value sequence) {
    Dim length = attention.merged().get(1);
    List<Object> identity = List.of(attention.terms(), length, attention.last().graph());
    SequencePooling known = poolings.get(identity);
    if (known == null) {
      known = new SequencePooling(nodes, sequence, mask(attention.terms()), projectedLength);
      poolings.put(identity, known);
    }
    return known;
  }

  /** The sum of the terms, [batch or 1, 1, 1, n]. */
  private Optional<String> mask(List<Value> terms) {
    QueryIndependence independence = new QueryIndependence(index, shapes);
    return terms.stream()
        .map(term ->
            independence.isOneRow(term)
                ? term.name()
                : nodes.add(
                    "Gather",
                    "mask",
                    List.of(Attributes.integer("axis", 2)),
                    term.name(),
                    nodes.integers(0)))
        .reduce((a, b) -> nodes.add("Add", "mask", a, b));
  }

  private String heads(String packed, int heads, long width, List<Long> permutation) {
    String split =
        nodes.add("Reshape", "heads", packed, nodes.integers(0, 0, heads, width / heads));
    return transposed(split, permutation);
  }

  private String transposed(String value, List<Long> permutation) {
    return nodes.add(
        "Transpose", "heads", List.of(Attributes.integers("perm", permutation)), value);
  }

  private long width(Value packed) {
    return ((Size) shapes.shape(packed).orElseThrow().getLast()).size();
  }
}
