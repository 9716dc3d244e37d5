package io.greenformers.core.onnx;

import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.InvalidModelException.Fault;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.onnx.proto.TensorShapeProto.Dimension;
import io.greenformers.core.onnx.proto.TypeProto;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Refuses initializers whose shape contradicts what the model declares around them. */
final class ShapeCheck {
  private ShapeCheck() {}

  static void check(GraphIndex index) {
    for (int g = 0; g < index.graphCount(); g++) {
      for (TensorProto tensor : index.graph(g).getInitializerList()) {
        Value value = new Value(g, tensor.getName());
        index.type(value).ifPresent(type -> checkDeclared(tensor, type));
      }
    }
    index.nodes().stream().filter(n -> isProduct(index.node(n))).forEach(n -> product(index, n));
  }

  private static boolean isProduct(NodeProto node) {
    return node.getInputCount() >= 2 && (Nodes.is(node, "MatMul") || Nodes.is(node, "Gemm"));
  }

  private static void checkDeclared(TensorProto tensor, TypeProto.Tensor declared) {
    boolean sameType =
        declared.getElemType() == 0 || declared.getElemType() == tensor.getDataType();
    boolean sameShape =
        !declared.hasShape() || matches(tensor.getDimsList(), declared.getShape().getDimList());
    if (!sameType || !sameShape) {
      throw new InvalidModelException(
          Fault.SHAPE_CONFLICT,
          "initializer '%s' has shape %s and type %d, but the model declares shape %s and type %d"
              .formatted(
                  tensor.getName(),
                  tensor.getDimsList(),
                  tensor.getDataType(),
                  text(declared.getShape().getDimList()),
                  declared.getElemType()));
    }
  }

  private static boolean matches(List<Long> dims, List<Dimension> declared) {
    if (dims.size() != declared.size()) {
      return false;
    }
    for (int i = 0; i < dims.size(); i++) {
      if (declared.get(i).hasDimValue() && declared.get(i).getDimValue() != dims.get(i)) {
        return false;
      }
    }
    return true;
  }

  /** The inner dimensions of a product must agree where both are known. */
  private static void product(GraphIndex index, NodeRef ref) {
    NodeProto node = index.node(ref);
    boolean gemm = Nodes.is(node, "Gemm");
    boolean transA = gemm && Nodes.intAttribute(node, "transA", 0) != 0;
    boolean transB = gemm && Nodes.intAttribute(node, "transB", 0) != 0;
    OptionalLong left = dimension(index, index.input(ref, 0), transA ? 2 : 1);
    OptionalLong right = dimension(index, index.input(ref, 1), transB ? 1 : 2);
    if (left.isPresent() && right.isPresent() && left.getAsLong() != right.getAsLong()) {
      throw new InvalidModelException(
          Fault.SHAPE_CONFLICT,
          "node %s multiplies inputs whose inner dimensions differ: '%s' has %d, '%s' has %d"
              .formatted(
                  Nodes.describe(node),
                  node.getInput(0),
                  left.getAsLong(),
                  node.getInput(1),
                  right.getAsLong()));
    }
  }

  /** The dimension that is so many from the end, of values of two or more dimensions. */
  private static OptionalLong dimension(GraphIndex index, Optional<Value> value, int fromEnd) {
    if (value.isEmpty()) {
      return OptionalLong.empty();
    }
    Optional<TensorProto> tensor = index.initializer(value.get());
    if (tensor.isPresent()) {
      List<Long> dims = tensor.get().getDimsList();
      return dims.size() < 2
          ? OptionalLong.empty()
          : OptionalLong.of(dims.get(dims.size() - fromEnd));
    }
    List<Dimension> dims =
        index.type(value.get()).map(t -> t.getShape().getDimList()).orElse(List.of());
    return dims.size() < 2 || !dims.get(dims.size() - fromEnd).hasDimValue()
        ? OptionalLong.empty()
        : OptionalLong.of(dims.get(dims.size() - fromEnd).getDimValue());
  }

  private static String text(List<Dimension> dims) {
    return dims.stream()
        .map(d -> d.hasDimValue() ? Long.toString(d.getDimValue()) : "?" + d.getDimParam())
        .toList()
        .toString();
  }
}
