package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.rewrite.Dim.Size;
import java.util.List;
import java.util.Optional;

/**
 * One output of a node, and what is known of the node's inputs.
 *
 * @param result the output's value
 * @param output its position
 */
record NodeShapes(SymbolicShapes known, GraphIndex index, NodeRef ref, Value result, int output) {
  /** A shape with more axes than this is taken for unknown. */
  private static final long MOST_AXES = 16;

  NodeProto node() {
    return index.node(ref);
  }

  Optional<List<Dim>> shape(int input) {
    return index.input(ref, input).flatMap(known::shape);
  }

  Optional<List<Dim>> integers(int input) {
    return index.input(ref, input).flatMap(known::integers);
  }

  /** Whether the integers at an input have this number at a position. */
  boolean hasInteger(int input, int position, long number) {
    return integers(input)
        .filter(i -> position < i.size() && i.get(position).is(number))
        .isPresent();
  }

  /** A shape with as many axes as the vector at an input has elements. */
  Optional<List<Dim>> rankOf(int input) {
    return shape(input)
        .filter(v -> v.size() == 1 && v.get(0) instanceof Size(long n) && n <= MOST_AXES)
        .map(v -> Dims.unknown(result, (int) ((Size) v.get(0)).size()));
  }

  /** The size of an axis of the output that no rule tells. */
  Dim unknown(int axis) {
    return new Dim.Axis(result, axis);
  }

  boolean flag(String attribute) {
    return Nodes.intAttribute(node(), attribute, 0) != 0;
  }

  /** The attribute {@code axis}, counted from the front. */
  int axis(int rank) {
    return fromFront(Nodes.intAttribute(node(), "axis", 0), rank);
  }

  static int fromFront(long axis, int rank) {
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** The axes of {@code Unsqueeze} and its like: an attribute up to opset 12, then an input. */
  Optional<List<Long>> axes() {
    return Nodes.attribute(node(), "axes")
        .map(a -> List.copyOf(a.getIntsList()))
        .or(() ->
            integers(1)
                .filter(axes -> axes.stream().allMatch(a -> a instanceof Size))
                .map(axes -> axes.stream().map(a -> ((Size) a).size()).toList()));
  }
}
