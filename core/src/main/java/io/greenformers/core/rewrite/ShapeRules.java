package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The shape of one output of one node, by the rules of the operators around attention. */
record ShapeRules(NodeShapes at) {
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
          "SimplifiedLayerNormalization",
          "Dropout",
          "Clip",
          "Gelu",
          "Cos",
          "Sin",
          "Reciprocal",
          "CumSum",
          "InstanceNormalization",
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

  Optional<List<Dim>> shape() {
    NodeProto node = at.node();
    String operator = node.getOpType();
    if (!Nodes.is(node, operator)) {
      return Nodes.isMicrosoft(node, operator) ? microsoft(operator) : Optional.empty();
    }
    AxisRules axes = new AxisRules(at);
    if (operator.equals("Split")) {
      return at.shape(0).map(axes::split);
    }
    if (at.output() > 0) {
      return Optional.empty();
    }
    if (SAME.contains(operator)) {
      return at.shape(0);
    }
    return BROADCAST.contains(operator) ? broadcast() : other(operator, axes);
  }

  private Optional<List<Dim>> other(String operator, AxisRules axes) {
    return switch (operator) {
      case "MatMul" -> both(this::product);
      case "Gemm" -> both((a, b) -> Optional.of(gemm(a, b)));
      case "Conv" -> both((x, kernel) -> Optional.of(convolution(x, kernel)));
      case "Gather" -> both((table, ids) -> Optional.of(axes.gather(table, ids)));
      case "GatherElements" -> at.shape(1);
      case "Transpose" -> at.shape(0).flatMap(axes::transpose);
      case "Reshape" -> at.shape(0).flatMap(axes::reshape);
      case "Unsqueeze" -> at.shape(0).flatMap(axes::unsqueeze);
      case "Squeeze" -> at.shape(0).flatMap(axes::squeeze);
      case "ReduceMean" -> at.shape(0).flatMap(axes::reduce);
      case "Concat" -> at.shape(0).map(axes::concat);
      case "Expand" -> at.shape(0).flatMap(axes::expand);
      case "Slice" -> at.shape(0).map(axes::slice);
      case "Shape" ->
          at.shape(0).map(d -> List.of(new Dim.Size(IntegerRules.part(at.node(), d).size())));
      case "Flatten" -> Optional.of(Dims.unknown(at.result(), 2));
      case "Range" -> Optional.of(List.of(range()));
      case "ConstantOfShape" -> at.integers(0).or(() -> at.rankOf(0));
      default -> Optional.empty();
    };
  }

  private Optional<List<Dim>> microsoft(String operator) {
    if (at.output() > 0 && !operator.equals("SkipLayerNormalization")) {
      return Optional.empty();
    }
    if (MICROSOFT_SAME.contains(operator)) {
      return at.shape(0);
    }
    return switch (operator) {
      case "FusedMatMul" -> both(this::fusedProduct);
      case "MultiHeadAttention" ->
          at.shape(0)
              .filter(q -> q.size() == 3)
              .flatMap(q ->
                  at.shape(2)
                      .filter(v -> v.size() == 3)
                      .map(v -> List.of(q.get(0), q.get(1), v.get(2))));
      default -> Optional.empty();
    };
  }

  private interface OfTwo {
    Optional<List<Dim>> of(List<Dim> first, List<Dim> second);
  }

  private Optional<List<Dim>> both(OfTwo rule) {
    return at.shape(0).flatMap(a -> at.shape(1).flatMap(b -> rule.of(a, b)));
  }

  private Optional<List<Dim>> broadcast() {
    Optional<List<Dim>> all = Optional.of(List.of());
    for (int i = 0; i < at.node().getInputCount(); i++) {
      int position = i;
      all = all.flatMap(a -> at.shape(position).map(b -> Dims.broadcast(a, b, at.result())));
    }
    return all;
  }

  private Optional<List<Dim>> product(List<Dim> a, List<Dim> b) {
    if (a.size() < 2 || b.size() < 2) {
      return Optional.empty();
    }
    List<Dim> stackA = a.subList(0, a.size() - 2);
    List<Dim> stackB = b.subList(0, b.size() - 2);
    List<Dim> dims = new ArrayList<>(Dims.broadcast(stackA, stackB, at.result()));
    dims.add(a.get(a.size() - 2));
    dims.add(b.getLast());
    return Optional.of(List.copyOf(dims));
  }

  private Optional<List<Dim>> fusedProduct(List<Dim> a, List<Dim> b) {
    boolean plain = !at.flag("transA") && !at.flag("transBatchA") && !at.flag("transBatchB");
    List<Dim> right = new ArrayList<>(b);
    if (at.flag("transB") && b.size() > 1) {
      Collections.swap(right, b.size() - 1, b.size() - 2);
    }
    return plain ? product(a, right) : Optional.empty();
  }

  private List<Dim> gemm(List<Dim> a, List<Dim> b) {
    return List.of(a.get(at.flag("transA") ? 1 : 0), b.get(at.flag("transB") ? 0 : 1));
  }

  private List<Dim> convolution(List<Dim> signal, List<Dim> kernel) {
    List<Dim> dims = new ArrayList<>(Dims.unknown(at.result(), signal.size()));
    dims.set(0, signal.get(0));
    dims.set(1, kernel.get(0));
    return List.copyOf(dims);
  }

  private Dim range() {
    boolean counts = at.hasInteger(0, 0, 0) && at.hasInteger(2, 0, 1);
    Optional<List<Dim>> limit = at.integers(1).filter(n -> counts && n.size() == 1);
    return limit.isPresent() ? limit.get().get(0) : at.unknown(0);
  }
}
