package io.greenformers.core.onnx;

import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.NodeProto;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Questions about a single node. */
public final class Nodes {
  private Nodes() {}

  /** {@code 'name' (MatMul)}, or by its first output where it has no name. */
  public static String describe(NodeProto node) {
    String name = node.getName();
    if (name.isEmpty()) {
      name = node.getOutputCount() > 0 ? "→ " + node.getOutput(0) : "";
    }
    return "'%s' (%s)".formatted(name, node.getOpType());
  }

  /** Whether the node is this operator of the default operator set. */
  public static boolean is(NodeProto node, String operator) {
    return node.getOpType().equals(operator) && Domains.isDefault(node.getDomain());
  }

  /** Whether the node is this operator of ONNX Runtime's own set, {@code com.microsoft}. */
  public static boolean isMicrosoft(NodeProto node, String operator) {
    return node.getOpType().equals(operator) && node.getDomain().equals(Domains.MICROSOFT);
  }

  public static Optional<AttributeProto> attribute(NodeProto node, String name) {
    return node.getAttributeList().stream().filter(a -> a.getName().equals(name)).findFirst();
  }

  public static long intAttribute(NodeProto node, String name, long absent) {
    return attribute(node, name).map(AttributeProto::getI).orElse(absent);
  }

  public static float floatAttribute(NodeProto node, String name, float absent) {
    return attribute(node, name).map(AttributeProto::getF).orElse(absent);
  }

  /** The input at a position; empty where it is absent or has the empty name. */
  public static Optional<String> input(NodeProto node, int position) {
    return position < node.getInputCount() && !node.getInput(position).isEmpty()
        ? Optional.of(node.getInput(position))
        : Optional.empty();
  }

  /** The graphs in the node's attributes: branches of {@code If}, bodies of loops. */
  static List<GraphProto> subgraphs(NodeProto node) {
    return node.getAttributeList().stream().flatMap(Nodes::subgraphs).toList();
  }

  static Stream<GraphProto> subgraphs(AttributeProto attribute) {
    Stream<GraphProto> one = attribute.hasG() ? Stream.of(attribute.getG()) : Stream.empty();
    return Stream.concat(one, attribute.getGraphsList().stream());
  }
}
