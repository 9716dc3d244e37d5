package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.rewrite.Dim.Size;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The integers that a node computes from shapes, to make other shapes of. */
record IntegerRules(NodeShapes at) {
  private static final int MOST = 16;

  Optional<List<Dim>> integers() {
    NodeProto node = at.node();
    if (!Nodes.is(node, node.getOpType()) || node.getOutputCount() != 1) {
      return Optional.empty();
    }
    return switch (node.getOpType()) {
      case "Shape" -> shape();
      case "Identity", "Unsqueeze", "Squeeze", "Reshape" -> input(0);
      case "Cast" -> input(0).filter(v -> keepsIntegers(node));
      case "Gather" -> input(0).flatMap(v -> input(1).flatMap(i -> gather(v, i)));
      case "Concat" -> concat();
      case "Slice" -> input(0).flatMap(this::slice);
      case "ConstantOfShape" -> constantOfShape();
      case "Mul" -> input(0).flatMap(a -> input(1).flatMap(b -> product(a, b)));
      case "Equal" -> input(0).flatMap(a -> input(1).flatMap(b -> equal(a, b)));
      case "Where" -> where();
      default -> Optional.empty();
    };
  }

  private Optional<List<Dim>> input(int position) {
    return at.integers(position);
  }

  private static boolean keepsIntegers(NodeProto cast) {
    long to = Nodes.intAttribute(cast, "to", 0);
    return to == DataType.INT64.number() || to == DataType.INT32.number();
  }

  private Optional<List<Dim>> shape() {
    return at.shape(0).map(dims -> part(at.node(), dims)).filter(dims -> dims.size() <= MOST);
  }

  /** The dims that a {@code Shape} gives: from {@code start} to {@code end}, from opset 15 on. */
  static List<Dim> part(NodeProto shape, List<Dim> dims) {
    int from = clamp(Nodes.intAttribute(shape, "start", 0), dims.size());
    int to = clamp(Nodes.intAttribute(shape, "end", dims.size()), dims.size());
    return from < to ? List.copyOf(dims.subList(from, to)) : List.of();
  }

  private static Optional<List<Dim>> gather(List<Dim> vector, List<Dim> ids) {
    List<Dim> gathered = new ArrayList<>();
    for (Dim id : ids) {
      if (!(id instanceof Size(long i)) || i < -vector.size() || i >= vector.size()) {
        return Optional.empty();
      }
      gathered.add(vector.get((int) (i < 0 ? i + vector.size() : i)));
    }
    return Optional.of(List.copyOf(gathered));
  }

  private Optional<List<Dim>> concat() {
    List<Dim> all = new ArrayList<>();
    for (int i = 0; i < at.node().getInputCount(); i++) {
      Optional<List<Dim>> part = input(i);
      if (part.isEmpty() || all.size() + part.get().size() > MOST) {
        return Optional.empty();
      }
      all.addAll(part.get());
    }
    return Optional.of(List.copyOf(all));
  }

  private Optional<List<Dim>> slice(List<Dim> vector) {
    Optional<Long> start = one(1);
    Optional<Long> end = one(2);
    boolean steps = at.node().getInputCount() < 5 || one(4).filter(s -> s == 1).isPresent();
    if (start.isEmpty() || end.isEmpty() || !steps) {
      return Optional.empty();
    }
    int from = clamp(start.get(), vector.size());
    int to = clamp(end.get(), vector.size());
    return Optional.of(from < to ? List.copyOf(vector.subList(from, to)) : List.of());
  }

  private Optional<Long> one(int position) {
    return input(position)
        .filter(v -> v.size() == 1 && v.get(0) instanceof Size)
        .map(v -> ((Size) v.get(0)).size());
  }

  private static int clamp(long position, int size) {
    return (int) Math.clamp(position < 0 ? position + size : position, 0L, (long) size);
  }

  private Optional<List<Dim>> constantOfShape() {
    Optional<TensorProto> fill =
        Nodes.attribute(at.node(), "value").filter(AttributeProto::hasT).map(AttributeProto::getT);
    Optional<Long> count = one(0).filter(n -> n >= 0 && n <= MOST);
    return count.flatMap(n ->
        fill.flatMap(at.known()::elements)
            .map(one -> List.copyOf(Collections.nCopies(n.intValue(), one.get(0)))));
  }

  private static Optional<List<Dim>> product(List<Dim> a, List<Dim> b) {
    List<Dim> products = new ArrayList<>();
    for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
      if (!(element(a, i) instanceof Size(long x)) || !(element(b, i) instanceof Size(long y))) {
        return Optional.empty();
      }
      products.add(new Size(x * y));
    }
    return Optional.of(List.copyOf(products));
  }

  /** 1 or 0 each; a size of an axis is never negative. */
  private static Optional<List<Dim>> equal(List<Dim> a, List<Dim> b) {
    List<Dim> bits = new ArrayList<>();
    for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
      Dim x = element(a, i);
      Dim y = element(b, i);
      boolean numbers = x instanceof Size && y instanceof Size;
      boolean differ = numbers || isNegative(x) || isNegative(y);
      if (!x.equals(y) && !differ) {
        return Optional.empty();
      }
      bits.add(new Size(x.equals(y) ? 1 : 0));
    }
    return Optional.of(List.copyOf(bits));
  }

  private static boolean isNegative(Dim dim) {
    return dim instanceof Size(long size) && size < 0;
  }

  private Optional<List<Dim>> where() {
    Optional<List<Dim>> condition = input(0);
    Optional<List<Dim>> yes = input(1);
    Optional<List<Dim>> no = input(2);
    if (condition.isEmpty() || yes.isEmpty() || no.isEmpty()) {
      return Optional.empty();
    }
    List<Dim> chosen = new ArrayList<>();
    int size = Math.max(condition.get().size(), Math.max(yes.get().size(), no.get().size()));
    for (int i = 0; i < size; i++) {
      chosen.add(element(element(condition.get(), i).is(1) ? yes.get() : no.get(), i));
    }
    return Optional.of(List.copyOf(chosen));
  }

  private static Dim element(List<Dim> vector, int position) {
    return vector.size() == 1 ? vector.get(0) : vector.get(position);
  }
}
