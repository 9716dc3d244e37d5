package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphEditor;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.rewrite.Dim.Size;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The nodes that replace {@link SelfAttention} by attention over pooled keys and values.
 *
 * <p>Pooling is linear, and so are keys and values in what they are projected from: where they are
 * projected and split into heads, and nothing else, that is pooled, once for both, so that their
 * projections take m rows instead of n. Else, as after rotation by positions, heads are pooled.
 */
final class LinformerRewrite {
  private static final int LAST_AXIS = 3;

  private final AttentionContext context;
  private final GraphIndex index;
  private final GraphEditor editor;
  private final NewNodes nodes;
  private final QueryIndependence independence;
  private final int projectedLength;
  private final Map<List<Object>, SequencePooling> poolings = new HashMap<>();

  LinformerRewrite(AttentionContext context, GraphEditor editor, int projectedLength) {
    this.context = context;
    this.index = context.index();
    this.editor = editor;
    this.nodes = new NewNodes(editor);
    this.independence = new QueryIndependence(context);
    this.projectedLength = projectedLength;
  }

  /** The nodes, the last of which makes what the product with V made. */
  List<NodeProto> build(SelfAttention attention) {
    ScaledDotProduct product = attention.product();
    Optional<Projection> keys =
        projection(product.key(), () -> Heads.ofKey(product, context.graph(), context.shapes()));
    Optional<Projection> values =
        projection(
            product.value(), () -> Heads.of(product.value(), context.graph(), context.shapes()));
    SequencePooling pooling = pooling(attention, keys);
    String key =
        keys.map(k -> split(k, pooling, Heads.FIRST_AND_TURNED))
            .orElseGet(() -> pooledKey(product, pooling));
    String value =
        values
            .map(v -> split(v, pooling, Heads.FIRST))
            .orElseGet(() -> pooling.poolHeads(product.value().name()));
    String scores = nodes.add("MatMul", "scores", product.query().name(), key);
    if (product.scale() != 1) {
      scores = nodes.add("Mul", "scores", scores, nodes.real((float) product.scale()));
    }
    for (Value bias : attention.biases()) {
      scores = nodes.add("Add", "scores", scores, pooling.poolBias(bias.name()));
    }
    String biased = nodes.add("Add", "scores", scores, pooling.bias());
    String probabilities =
        nodes.add("Softmax", "attention", List.of(Attributes.integer("axis", LAST_AXIS)), biased);
    NodeProto.Builder last = index.node(product.last()).toBuilder();
    nodes.add(last.setInput(0, probabilities).setInput(1, value).build());
    return nodes.take();
  }

  /**
   * A value [batch, n, width] that is split into heads, and what can be pooled before it.
   *
   * @param source [batch, n, size]: the value itself, or what it is projected from
   * @param nodes that project it, in their order; each reads what the one before it makes
   */
  private record Projection(Heads heads, Value source, List<NodeRef> nodes) {}

  private interface Splitting {
    Heads heads() throws NoMatch;
  }

  /** None where heads are used elsewhere too, and so must be made of all places. */
  private Optional<Projection> projection(Value split, Splitting splitting) {
    try {
      Heads heads = splitting.heads();
      return context.graph().isOnlyWay(heads.packed(), split)
          ? Optional.of(projection(heads))
          : Optional.empty();
    } catch (NoMatch e) {
      return Optional.empty();
    }
  }

  private Projection projection(Heads heads) {
    Value packed = heads.packed();
    Neighbours graph = context.graph();
    Optional<NodeRef> add = graph.privateProducer(packed, "Add").filter(ref -> bias(ref) >= 0);
    Value product = add.map(ref -> index.input(ref, 1 - bias(ref)).orElseThrow()).orElse(packed);
    Optional<NodeRef> matrix = graph.privateProducer(product, "MatMul").filter(this::isProjection);
    if (matrix.isEmpty()) {
      return new Projection(heads, packed, List.of());
    }
    Value source = index.input(matrix.get(), 0).orElseThrow();
    List<NodeRef> both = add.map(ref -> List.of(matrix.get(), ref)).orElse(List.of(matrix.get()));
    return new Projection(heads, source, both);
  }

  /** Which input of an {@code Add} is a constant vector; -1 where none is. */
  private int bias(NodeRef add) {
    long width = width(context.graph().output(add));
    for (int i = 0; i < 2; i++) {
      Optional<Value> input = index.input(add, i);
      if (input.flatMap(v -> context.constants().vector(v, width)).isPresent()) {
        return i;
      }
    }
    return -1;
  }

  private boolean isProjection(NodeRef product) {
    Optional<Value> source = index.input(product, 0);
    return source.flatMap(context.shapes()::shape).filter(dims -> dims.size() == 3).isPresent()
        && index.input(product, 1).flatMap(context.constants()::tensor).isPresent();
  }

  /** The heads [batch, heads, m, size] of a pooled projection, in another order if so permuted. */
  private String split(Projection projection, SequencePooling pooling, List<Long> permutation) {
    Heads heads = projection.heads();
    long count = ((Size) heads.count()).size();
    long size = ((Size) heads.size()).size();
    String packed = pooled(projection, pooling);
    String split = nodes.add("Reshape", "heads", packed, nodes.integers(0, 0, count, size));
    return transposed(split, permutation);
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

  private String pooledKey(ScaledDotProduct product, SequencePooling pooling) {
    String key = product.key().name();
    return transposed(
        pooling.poolHeads(product.turned() ? transposed(key, Heads.TURNED) : key), Heads.TURNED);
  }

  private SequencePooling pooling(SelfAttention attention, Optional<Projection> keys) {
    List<Object> identity =
        List.of(attention.masks(), attention.length(), attention.last().graph());
    SequencePooling known = poolings.get(identity);
    if (known == null) {
      String length =
          keys.map(k -> nodes.size(k.source().name(), 1))
              .orElseGet(() -> nodes.size(attention.product().query().name(), 2));
      known = new SequencePooling(nodes, length, mask(attention.masks()), projectedLength);
      poolings.put(identity, known);
    }
    return known;
  }

  /** The sum of the terms, [batch or 1, 1, 1, n]. */
  private Optional<String> mask(List<Value> terms) {
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

  private String transposed(String value, List<Long> permutation) {
    return nodes.add(
        "Transpose", "heads", List.of(Attributes.integers("perm", permutation)), value);
  }

  private long width(Value packed) {
    return ((Size) context.shapes().shape(packed).orElseThrow().getLast()).size();
  }
}
