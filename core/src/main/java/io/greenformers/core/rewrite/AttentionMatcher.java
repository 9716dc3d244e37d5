package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Recognises {@link Attention} around a {@code Softmax}.
 *
 * <p>What must hold, else there is no match, and a reason:
 *
 * <ol>
 *   <li>Softmax runs over the last of four axes, and nothing but the product with V reads it.
 *   <li>Scores are Q·Kᵀ, times and over constants, plus terms; in this order.
 *   <li>Q, K and V are [batch, length, heads·size] split into heads by {@code Reshape} and {@code
 *       Transpose}, with the same batch and heads in every run, by {@link SymbolicShapes}.
 *   <li>Heads are put last again by a {@code Transpose}.
 *   <li>All is fp32: ONNX Runtime has no other kernel on the CPU.
 *   <li>Each term is [1 or batch, 1 or heads, …].
 * </ol>
 */
final class AttentionMatcher {
  private static final List<Long> SPLIT = List.of(0L, 2L, 1L, 3L);
  private static final List<Long> SPLIT_KEY = List.of(0L, 2L, 3L, 1L);
  private static final List<Long> LAST_TWO = List.of(0L, 1L, 3L, 2L);

  private final GraphIndex index;
  private final SymbolicShapes shapes;
  private final FloatConstants constants;

  AttentionMatcher(GraphIndex index, SymbolicShapes shapes, FloatConstants constants) {
    this.index = index;
    this.shapes = shapes;
    this.constants = constants;
  }

  /** Why a {@code Softmax} is not fused. */
  static final class NoMatch extends Exception {
    private static final long serialVersionUID = 1;

    NoMatch(String reason) {
      super(reason, null, false, false);
    }

    String reason() {
      return String.valueOf(getMessage());
    }
  }

  /** What is multiplied by its transpose or by probabilities: the value before heads are split. */
  private record Heads(Value packed, List<Dim> before, List<Dim> after) {
    Dim batch() {
      return after.get(0);
    }

    Dim count() {
      return after.get(2);
    }
  }

  private record Scores(Heads query, Heads key, double scale, List<Value> terms) {}

  /**
   * The attention around a {@code Softmax}.
   *
   * @throws NoMatch with the reason, where there is none that could be fused
   */
  Attention match(NodeRef softmax) throws NoMatch {
    NodeProto node = index.node(softmax);
    long axis = Nodes.intAttribute(node, "axis", -1);
    require(axis == -1 || axis == 3, "its softmax is not over the last of four axes");
    NodeRef product = onlyReader(throughCasts(output(softmax)), 0, "MatMul");
    NodeRef transposed = onlyReader(output(product), 0, "Transpose");
    require(permutes(transposed, SPLIT), "its heads are not merged by a transpose");
    NodeRef last = readBy(output(transposed), 0, "Reshape") ? reader(transposed) : transposed;
    Heads value = heads(input(product, 1), SPLIT);
    Scores scores = scores(input(softmax, 0));
    return checked(last, scores, value);
  }

  private Attention checked(NodeRef last, Scores scores, Heads value) throws NoMatch {
    Heads query = scores.query();
    Heads key = scores.key();
    require(
        query.batch().equals(key.batch()) && query.batch().equals(value.batch()),
        "its query, key and value are not provably of the same batch");
    require(
        query.count() instanceof Dim.Size
            && query.count().equals(key.count())
            && query.count().equals(value.count())
            && query.after().get(3).equals(key.after().get(3)),
        "its query, key and value have different heads");
    require(
        constants.provesFloat(query.packed()) || constants.provesFloat(value.packed()),
        "it is not provably of fp32, the only type of the fused kernel");
    for (Value term : scores.terms()) {
      requireBroadcast(term, query);
    }
    int heads = (int) ((Dim.Size) query.count()).size();
    return new Attention(
        last,
        query.packed(),
        key.packed(),
        value.packed(),
        heads,
        scores.scale(),
        scores.terms(),
        List.of(query.batch(), query.before().get(1), value.before().get(2)));
  }

  private void requireBroadcast(Value term, Heads query) throws NoMatch {
    Optional<List<Dim>> found = shapes.shape(term);
    require(
        found.isPresent() && found.get().size() <= 4,
        "the shape of '%s', which is added to its scores, is not known".formatted(term.name()));
    List<Dim> dims = found.get();
    boolean fits = fits(fromEnd(dims, 4), query.batch()) && fits(fromEnd(dims, 3), query.count());
    require(
        fits,
        "'%s', which is added to its scores, is not provably [1 or batch, 1 or heads, …]"
            .formatted(term.name()));
  }

  private static boolean fits(Dim dim, Dim expected) {
    return dim.is(1) || dim.equals(expected);
  }

  private static Dim fromEnd(List<Dim> dims, int position) {
    return position > dims.size() ? Dims.ONE : dims.get(dims.size() - position);
  }

  /** Walks from the softmax up to Q·Kᵀ. */
  private Scores scores(Value from) throws NoMatch {
    List<Value> terms = new ArrayList<>();
    double scale = 1;
    boolean scaled = false;
    Value value = from;
    while (true) {
      NodeRef ref = producer(value, "its scores are computed outside of the graph");
      NodeProto node = index.node(ref);
      require(isPrivate(value), "its scores are read elsewhere too");
      if (isProduct(node)) {
        return product(ref, scale, terms.reversed());
      }
      Optional<Float> factor = changesNothing(ref) ? Optional.of(1f) : factor(ref);
      if (factor.isPresent()) {
        scale *= factor.get();
        scaled = scaled || !changesNothing(ref);
        value = input(ref, 0);
      } else {
        require(
            Nodes.is(node, "Add") && !scaled,
            "node %s stands between its scores and its softmax".formatted(Nodes.describe(node)));
        int path = leadsToProduct(input(ref, 0)) ? 0 : 1;
        require(path == 0 || leadsToProduct(input(ref, 1)), "its scores are not one product");
        terms.add(input(ref, 1 - path));
        value = input(ref, path);
      }
    }
  }

  private boolean leadsToProduct(Value value) {
    Optional<NodeRef> ref = index.producer(value);
    if (ref.isEmpty() || !isPrivate(value)) {
      return false;
    }
    if (isProduct(index.node(ref.get()))) {
      return true;
    }
    boolean passes = Nodes.is(index.node(ref.get()), "Add") || factor(ref.get()).isPresent();
    return passes && index.input(ref.get(), 0).filter(this::leadsToProduct).isPresent();
  }

  private Scores product(NodeRef ref, double scale, List<Value> terms) throws NoMatch {
    NodeProto node = index.node(ref);
    Scaled query = unscaled(input(ref, 0));
    Scaled key = unscaled(input(ref, 1));
    boolean transposes = Nodes.intAttribute(node, "transB", 0) != 0;
    double alpha = Nodes.floatAttribute(node, "alpha", 1);
    return new Scores(
        heads(query.value(), SPLIT),
        transposes ? heads(key.value(), SPLIT) : key(key.value()),
        scale * alpha * query.by() * key.by(),
        terms);
  }

  /** {@code MatMul}, or what ONNX Runtime makes of it and a scale. */
  private static boolean isProduct(NodeProto node) {
    boolean plain =
        Stream.of("transA", "transBatchA", "transBatchB")
            .allMatch(flag -> Nodes.intAttribute(node, flag, 0) == 0);
    return Nodes.is(node, "MatMul") || (plain && Nodes.isMicrosoft(node, "FusedMatMul"));
  }

  private record Scaled(Value value, double by) {}

  /** Query and key may be scaled each, after they were split. */
  private Scaled unscaled(Value value) throws NoMatch {
    Optional<NodeRef> ref = index.producer(value);
    Optional<Float> factor = ref.flatMap(this::factor);
    return factor.isPresent()
        ? new Scaled(input(ref.get(), 0), factor.get())
        : new Scaled(value, 1);
  }

  /** The constant that a node multiplies its first input by. */
  private Optional<Float> factor(NodeRef ref) {
    NodeProto node = index.node(ref);
    if (!Nodes.is(node, "Mul") && !Nodes.is(node, "Div")) {
      return Optional.empty();
    }
    return index
        .input(ref, 1)
        .flatMap(constants::scalar)
        .map(c -> Nodes.is(node, "Div") ? 1 / c : c)
        .filter(c -> Float.isFinite(c) && c != 0);
  }

  private Heads key(Value value) throws NoMatch {
    NodeRef ref = producer(value, "its key is an input");
    return permutes(ref, LAST_TWO) ? heads(input(ref, 0), SPLIT) : heads(value, SPLIT_KEY);
  }

  private Heads heads(Value value, List<Long> permutation) throws NoMatch {
    String reason = "its query, key or value is not a product split into heads";
    NodeRef transpose = producer(value, reason);
    require(permutes(transpose, permutation), reason);
    NodeRef split = producer(input(transpose, 0), reason);
    require(Nodes.is(index.node(split), "Reshape"), reason);
    Optional<List<Dim>> before = shapes.shape(input(split, 0));
    Optional<List<Dim>> after = shapes.shape(output(split));
    boolean known = before.isPresent() && after.isPresent();
    require(
        known && splitsLastAxis(before.get(), after.get()),
        "its query, key or value is not provably [batch, length, heads·size] before the split");
    return new Heads(input(split, 0), before.get(), after.get());
  }

  private static boolean splitsLastAxis(List<Dim> before, List<Dim> after) {
    return before.size() == 3
        && after.size() == 4
        && before.get(0).equals(after.get(0))
        && before.get(1).equals(after.get(1))
        && before.get(2) instanceof Dim.Size(long whole)
        && after.get(2) instanceof Dim.Size(long heads)
        && after.get(3) instanceof Dim.Size(long size)
        && heads * size == whole;
  }

  private boolean permutes(NodeRef ref, List<Long> permutation) {
    NodeProto node = index.node(ref);
    return Nodes.is(node, "Transpose")
        && Nodes.attribute(node, "perm")
            .map(AttributeProto::getIntsList)
            .filter(permutation::equals)
            .isPresent();
  }

  private boolean isPrivate(Value value) {
    return index.uses(value).size() == 1 && !index.isOutput(value);
  }

  /** Past nodes that change nothing, given that everything is of fp32. */
  private Value throughCasts(Value value) {
    List<GraphIndex.Use> uses = index.uses(value);
    boolean passes = isPrivate(value) && changesNothing(uses.getFirst().node());
    return passes ? throughCasts(output(uses.getFirst().node())) : value;
  }

  private boolean changesNothing(NodeRef ref) {
    NodeProto node = index.node(ref);
    boolean cast =
        Nodes.is(node, "Cast") && Nodes.intAttribute(node, "to", 0) == DataType.FLOAT.number();
    return cast || Nodes.is(node, "Identity");
  }

  private NodeRef onlyReader(Value value, int position, String operator) throws NoMatch {
    require(
        readBy(value, position, operator),
        "'%s' is not read by one %s only".formatted(value.name(), operator));
    return index.uses(value).getFirst().node();
  }

  private boolean readBy(Value value, int position, String operator) {
    GraphIndex.Use use = isPrivate(value) ? index.uses(value).getFirst() : null;
    return use != null
        && use.input() == position
        && use.node().graph() == value.graph()
        && Nodes.is(index.node(use.node()), operator);
  }

  private NodeRef reader(NodeRef ref) {
    return index.uses(output(ref)).getFirst().node();
  }

  private NodeRef producer(Value value, String otherwise) throws NoMatch {
    return index.producer(value).orElseThrow(() -> new NoMatch(otherwise));
  }

  private Value input(NodeRef ref, int position) throws NoMatch {
    return index
        .input(ref, position)
        .orElseThrow(
            () -> new NoMatch("node %s lacks an input".formatted(Nodes.describe(index.node(ref)))));
  }

  private Value output(NodeRef ref) {
    return new Value(ref.graph(), index.node(ref).getOutput(0));
  }

  private static void require(boolean holds, String otherwise) throws NoMatch {
    if (!holds) {
      throw new NoMatch(otherwise);
    }
  }
}
