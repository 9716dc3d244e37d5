package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.rewrite.Dim.Size;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The shape of one output of one node, by the rules of the operators around attention. */
final class ShapeRules {
  private static final Set<String> SAME =
      Set.of(
          "Identity",
          "Cast",
          "Erf",
          "Tanh",
          "Relu",
          "Sqrt",
          "Sigmoid",
          "Neg",
          "Not",
          "Abs",
          "Log",
          "Exp",
          "Softmax",
          "LayerNormalization",
          "Dropout",
          "Clip",
          "Gelu",
          "Cos",
          "Sin",
          "Reciprocal",
          "CumSum",
          "SimplifiedLayerNormalization",
          "InstanceNormalization",
          "BitwiseAnd",
          "Floor",
          "Ceil");
  private static final Set<String> MICROSOFT_SAME =
      Set.of("SkipLayerNormalization", "Gelu", "BiasGelu", "FastGelu", "QuickGelu");
  private static final Set<String> BROADCAST =
      Set.of(
          "Add",
          "Sub",
          "Mul",
          "Div",
          "Pow",
          "Min",
          "Max",
          "Equal",
          "And",
          "Or",
          "Where",
          "Less",
          "LessOrEqual",
          "Greater",
          "GreaterOrEqual");

  private final SymbolicShapes known;
  private final GraphIndex index;
  private final NodeRef ref;
  private final NodeProto node;
  private final Value result;
  private final int output;

  ShapeRules(SymbolicShapes known, GraphIndex index, NodeRef ref, Value result, int output) {
    this.known = known;
    this.index = index;
    this.ref = ref;
    this.node = index.node(ref);
    this.result = result;
    this.output = output;
  }

  Optional<List<Dim>> shape() {
    String operator = node.getOpType();
    if (!node.getDomain().isEmpty() && !Nodes.is(node, operator)) {
      return microsoft();
    }
    if (operator.equals("Split")) {
      return input(0).flatMap(this::split);
    }
    if (output > 0) {
      return Optional.empty();
    }
    if (SAME.contains(operator)) {
      return input(0);
    }
    if (BROADCAST.contains(operator)) {
      return broadcast();
    }
    return switch (operator) {
      case "MatMul" -> input(0).flatMap(a -> input(1).flatMap(b -> product(a, b)));
      case "Gemm" -> gemm();
      case "Transpose" -> input(0).flatMap(this::transpose);
      case "Reshape" -> input(0).flatMap(this::reshape);
      case "Unsqueeze" -> input(0).flatMap(this::unsqueeze);
      case "Gather" -> input(0).flatMap(t -> input(1).map(i -> gather(t, i)));
      case "GatherElements" -> input(1);
      case "Concat" -> input(0).map(this::concat);
      case "Expand" -> expand();
      case "Slice" -> input(0).map(this::slice);
      case "Shape" -> input(0).map(dims -> List.of(new Size(IntegerRules.part(node, dims).size())));
      case "ReduceMean" -> input(0).flatMap(this::reduce);
      case "Squeeze" -> input(0).flatMap(this::squeeze);
      case "Flatten" -> Optional.of(Dims.unknown(result, 2));
      case "Range" -> Optional.of(List.of(range()));
      case "ConstantOfShape" -> integers(0).or(() -> rank(0));
      case "Conv" ->
          input(0).flatMap(x -> input(1).map(w -> set(Dims.unknown(result, x.size()), x, w)));
      default -> Optional.empty();
    };
  }

  private Optional<List<Dim>> microsoft() {
    if (output > 0 && !node.getOpType().equals("SkipLayerNormalization")) {
      return Optional.empty();
    }
    if (MICROSOFT_SAME.contains(node.getOpType())) {
      return input(0);
    }
    if (node.getOpType().equals("FusedMatMul")) {
      return fusedProduct();
    }
    return node.getOpType().equals("MultiHeadAttention")
        ? input(0)
            .flatMap(q ->
                input(2)
                    .filter(v -> v.size() == 3 && q.size() == 3)
                    .map(v -> List.of(q.get(0), q.get(1), v.get(2))))
        : Optional.empty();
  }

  private Optional<List<Dim>> input(int position) {
    return index.input(ref, position).flatMap(known::shape);
  }

  private Optional<List<Dim>> integers(int position) {
    return index.input(ref, position).flatMap(known::integers);
  }

  /** A shape with as many axes as that vector has elements. */
  private Optional<List<Dim>> rank(int position) {
    return input(position)
        .filter(v -> v.size() == 1 && v.get(0) instanceof Size)
        .map(v -> Dims.unknown(result, (int) ((Size) v.get(0)).size()));
  }

  private Optional<List<Dim>> broadcast() {
    Optional<List<Dim>> all = Optional.of(List.of());
    for (int i = 0; i < node.getInputCount(); i++) {
      int position = i;
      all = all.flatMap(a -> input(position).map(b -> Dims.broadcast(a, b, result)));
    }
    return all;
  }

  private Optional<List<Dim>> product(List<Dim> a, List<Dim> b) {
    if (a.size() < 2 || b.size() < 2) {
      return Optional.empty();
    }
    List<Dim> dims =
        new ArrayList<>(
            Dims.broadcast(a.subList(0, a.size() - 2), b.subList(0, b.size() - 2), result));
    dims.add(a.get(a.size() - 2));
    dims.add(b.getLast());
    return Optional.of(List.copyOf(dims));
  }

  private Optional<List<Dim>> fusedProduct() {
    boolean plain = !flag("transA") && !flag("transBatchA") && !flag("transBatchB");
    return input(0)
        .filter(a -> plain)
        .flatMap(a -> input(1).flatMap(b -> product(a, flag("transB") ? swapped(b) : b)));
  }

  private static List<Dim> swapped(List<Dim> dims) {
    List<Dim> swapped = new ArrayList<>(dims);
    if (dims.size() > 1) {
      Collections.swap(swapped, dims.size() - 1, dims.size() - 2);
    }
    return swapped;
  }

  private Optional<List<Dim>> gemm() {
    return input(0)
        .flatMap(a ->
            input(1)
                .map(b -> List.of(a.get(flag("transA") ? 1 : 0), b.get(flag("transB") ? 0 : 1))));
  }

  private boolean flag(String name) {
    return Nodes.intAttribute(node, name, 0) != 0;
  }

  private Optional<List<Dim>> transpose(List<Dim> dims) {
    return Nodes.attribute(node, "perm")
        .map(AttributeProto::getIntsList)
        .filter(perm -> perm.size() == dims.size())
        .map(perm -> perm.stream().map(axis -> dims.get(axis.intValue())).toList());
  }

  private Optional<List<Dim>> reshape(List<Dim> dims) {
    return integers(1)
        .map(target -> Dims.reshape(dims, target, flag("allowzero"), result))
        .or(() -> rank(1));
  }

  private Optional<List<Dim>> unsqueeze(List<Dim> dims) {
    return axes()
        .map(axes -> {
          int rank = dims.size() + axes.size();
          List<Dim> all = new ArrayList<>(dims);
          axes.stream().map(a -> a < 0 ? a + rank : a).sorted().forEach(a -> all.add(a, Dims.ONE));
          return List.copyOf(all);
        });
  }

  /** An attribute up to opset 12, an input from 13 on. */
  private Optional<List<Integer>> axes() {
    return Nodes.attribute(node, "axes")
        .map(a -> a.getIntsList().stream().map(Long::intValue).toList())
        .or(() ->
            integers(1)
                .filter(axes -> axes.stream().allMatch(a -> a instanceof Size))
                .map(axes -> axes.stream().map(a -> (int) ((Size) a).size()).toList()));
  }

  private Optional<List<Dim>> squeeze(List<Dim> dims) {
    return axes()
        .map(axes -> {
          List<Dim> all = new ArrayList<>(dims);
          axes.stream()
              .map(a -> a < 0 ? a + dims.size() : a)
              .sorted(Comparator.reverseOrder())
              .forEach(a -> all.remove((int) a));
          return List.copyOf(all);
        });
  }

  /** Where reduced axes stay. */
  private Optional<List<Dim>> reduce(List<Dim> dims) {
    return axes()
        .filter(a -> Nodes.intAttribute(node, "keepdims", 1) != 0 && !a.isEmpty())
        .map(axes -> {
          List<Dim> all = new ArrayList<>(dims);
          axes.forEach(a -> all.set(a < 0 ? a + dims.size() : a, Dims.ONE));
          return List.copyOf(all);
        });
  }

  private List<Dim> gather(List<Dim> table, List<Dim> ids) {
    int axis = axis(0, table.size());
    List<Dim> dims = new ArrayList<>(table.subList(0, axis));
    dims.addAll(ids);
    dims.addAll(table.subList(axis + 1, table.size()));
    return List.copyOf(dims);
  }

  private List<Dim> concat(List<Dim> first) {
    List<Dim> dims = new ArrayList<>(first);
    int axis = axis(0, first.size());
    long size = 0;
    for (int i = 0; i < node.getInputCount(); i++) {
      Optional<List<Dim>> dim = input(i).filter(d -> d.size() == first.size());
      size =
          size >= 0 && dim.isPresent() && dim.get().get(axis) instanceof Size(long one)
              ? size + one
              : -1;
    }
    dims.set(axis, size < 0 ? new Dim.Axis(result, axis) : new Size(size));
    return List.copyOf(dims);
  }

  private Optional<List<Dim>> split(List<Dim> dims) {
    int axis = axis(0, dims.size());
    List<Dim> part = new ArrayList<>(dims);
    Optional<List<Dim>> sizes =
        Nodes.attribute(node, "split")
            .map(a -> a.getIntsList().stream().map(s -> (Dim) new Size(s)).toList())
            .or(() -> integers(1));
    part.set(
        axis,
        sizes.isPresent() && output < sizes.get().size()
            ? sizes.get().get(output)
            : new Dim.Axis(result, axis));
    return Optional.of(List.copyOf(part));
  }

  private Optional<List<Dim>> expand() {
    return input(0)
        .flatMap(x ->
            integers(1)
                .map(target -> Dims.broadcast(x, target, result))
                .or(() -> rank(1).map(r -> Dims.unknown(result, Math.max(r.size(), x.size())))));
  }

  /** Axes that are not sliced keep their sizes; one that is cut at a size has at most that. */
  private List<Dim> slice(List<Dim> dims) {
    Optional<List<Dim>> axes = integers(3);
    if (axes.isEmpty()) {
      return Dims.unknown(result, dims.size());
    }
    List<Dim> sliced = new ArrayList<>(dims);
    for (int i = 0; i < axes.get().size(); i++) {
      int axis = axes.get().get(i) instanceof Size(long a) ? (int) a : 0;
      axis = axis < 0 ? axis + dims.size() : axis;
      boolean plain = entry(1, i, 0) && (node.getInputCount() < 5 || entry(4, i, 1));
      Optional<List<Dim>> ends = integers(2);
      sliced.set(
          axis,
          plain
                  && ends.isPresent()
                  && !(ends.get().get(i) instanceof Size)
                  && dims.get(axis) instanceof Size(long limit)
              ? new Dim.AtMost(limit, ends.get().get(i))
              : new Dim.Axis(result, axis));
    }
    return List.copyOf(sliced);
  }

  private boolean entry(int input, int position, long value) {
    return integers(input).filter(e -> e.get(position).is(value)).isPresent();
  }

  private Dim range() {
    boolean counts = entry(0, 0, 0) && entry(2, 0, 1);
    return integers(1).filter(n -> counts).map(n -> n.get(0)).orElse(new Dim.Axis(result, 0));
  }

  private int axis(long absent, int rank) {
    int axis = (int) Nodes.intAttribute(node, "axis", absent);
    return axis < 0 ? axis + rank : axis;
  }

  private static List<Dim> set(List<Dim> dims, List<Dim> signal, List<Dim> kernel) {
    List<Dim> all = new ArrayList<>(dims);
    all.set(0, signal.get(0));
    all.set(1, kernel.get(0));
    return List.copyOf(all);
  }
}
