package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.rewrite.Dim.Size;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Shapes by operators that move, make, join and cut axes. */
record AxisRules(NodeShapes at) {

  Optional<List<Dim>> transpose(List<Dim> dims) {
    return Nodes.attribute(at.node(), "perm")
        .map(AttributeProto::getIntsList)
        .filter(perm -> perm.size() == dims.size())
        .map(perm -> perm.stream().map(axis -> dims.get(axis.intValue())).toList());
  }

  Optional<List<Dim>> reshape(List<Dim> dims) {
    return at.integers(1)
        .map(target -> Dims.reshape(dims, target, at.flag("allowzero"), at.result()))
        .or(() -> at.rankOf(1));
  }

  Optional<List<Dim>> unsqueeze(List<Dim> dims) {
    return at.axes()
        .map(axes -> {
          int rank = dims.size() + axes.size();
          List<Dim> all = new ArrayList<>(dims);
          axes.stream()
              .map(a -> NodeShapes.fromFront(a, rank))
              .sorted()
              .forEach(a -> all.add(a, Dims.ONE));
          return List.copyOf(all);
        });
  }

  Optional<List<Dim>> squeeze(List<Dim> dims) {
    return at.axes()
        .map(axes -> {
          List<Dim> all = new ArrayList<>(dims);
          axes.stream()
              .map(a -> NodeShapes.fromFront(a, dims.size()))
              .sorted(Comparator.reverseOrder())
              .forEach(a -> all.remove((int) a));
          return List.copyOf(all);
        });
  }

  /** Where reduced axes stay. */
  Optional<List<Dim>> reduce(List<Dim> dims) {
    return at.axes()
        .filter(a -> Nodes.intAttribute(at.node(), "keepdims", 1) != 0 && !a.isEmpty())
        .map(axes -> {
          List<Dim> all = new ArrayList<>(dims);
          axes.forEach(a -> all.set(NodeShapes.fromFront(a, dims.size()), Dims.ONE));
          return List.copyOf(all);
        });
  }

  List<Dim> gather(List<Dim> table, List<Dim> ids) {
    int axis = at.axis(table.size());
    List<Dim> dims = new ArrayList<>(table.subList(0, axis));
    dims.addAll(ids);
    dims.addAll(table.subList(axis + 1, table.size()));
    return List.copyOf(dims);
  }

  List<Dim> concat(List<Dim> first) {
    List<Dim> dims = new ArrayList<>(first);
    int axis = at.axis(first.size());
    long size = 0;
    for (int i = 0; i < at.node().getInputCount(); i++) {
      Optional<List<Dim>> part = at.shape(i).filter(d -> d.size() == first.size());
      if (part.isEmpty() || !(part.get().get(axis) instanceof Size(long one))) {
        dims.set(axis, at.unknown(axis));
        return List.copyOf(dims);
      }
      size += one;
    }
    dims.set(axis, new Size(size));
    return List.copyOf(dims);
  }

  List<Dim> split(List<Dim> dims) {
    int axis = at.axis(dims.size());
    Optional<List<Dim>> sizes =
        Nodes.attribute(at.node(), "split")
            .map(a -> a.getIntsList().stream().map(s -> (Dim) new Size(s)).toList())
            .or(() -> at.integers(1))
            .filter(s -> at.output() < s.size());
    List<Dim> part = new ArrayList<>(dims);
    part.set(axis, sizes.isPresent() ? sizes.get().get(at.output()) : at.unknown(axis));
    return List.copyOf(part);
  }

  Optional<List<Dim>> expand(List<Dim> dims) {
    return at.integers(1)
        .map(target -> Dims.broadcast(dims, target, at.result()))
        .or(() ->
            at.rankOf(1).map(r -> Dims.unknown(at.result(), Math.max(r.size(), dims.size()))));
  }

  /** Axes that are not sliced keep their sizes; one that is cut at a size has at most that. */
  List<Dim> slice(List<Dim> dims) {
    Optional<List<Dim>> axes = at.integers(3);
    if (axes.isEmpty()) {
      return Dims.unknown(at.result(), dims.size());
    }
    List<Dim> sliced = new ArrayList<>(dims);
    for (int i = 0; i < axes.get().size(); i++) {
      if (!(axes.get().get(i) instanceof Size(long from))) {
        return Dims.unknown(at.result(), dims.size());
      }
      int axis = NodeShapes.fromFront(from, dims.size());
      sliced.set(axis, cut(dims.get(axis), i).orElse(at.unknown(axis)));
    }
    return List.copyOf(sliced);
  }

  private Optional<Dim> cut(Dim dim, int position) {
    boolean steps = at.node().getInputCount() < 5 || at.hasInteger(4, position, 1);
    return dim instanceof Size(long limit) && steps && at.hasInteger(1, position, 0)
        ? at.integers(2)
            .map(ends -> ends.get(position))
            .filter(end -> !(end instanceof Size))
            .map(end -> new Dim.AtMost(limit, end))
        : Optional.empty();
  }
}
