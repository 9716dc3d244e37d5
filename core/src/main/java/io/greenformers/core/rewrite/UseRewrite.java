package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphEditor;
import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.AttributeProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.site.Site.Use;
import java.util.ArrayList;
import java.util.List;

/**
 * The nodes that replace one use of a weight E (W, or Wᵀ where the use is transposed), given E =
 * first·second.
 */
final class UseRewrite {
  private final GraphEditor editor;
  private final NodeProto node;
  private final Use use;
  private final boolean transposed;
  private final List<NodeProto> nodes = new ArrayList<>();

  /**
   * Builds the replacement of one node.
   *
   * @param transposed whether E is the transpose of left·right, that is rightᵀ·leftᵀ
   */
  UseRewrite(GraphEditor editor, NodeProto node, Use use, boolean transposed) {
    this.editor = editor;
    this.node = node;
    this.use = use;
    this.transposed = transposed;
  }

  /** The nodes, the last of which has the name and the outputs of the one they replace. */
  List<NodeProto> build(String left, String right) {
    String first = cast(transposed ? right : left);
    String second = cast(transposed ? left : right);
    switch (use.role()) {
      case MATMUL_RIGHT ->
          last("MatMul", inner("MatMul", node.getInput(0), upright(first)), upright(second));
      case MATMUL_LEFT ->
          last("MatMul", upright(first), inner("MatMul", upright(second), node.getInput(1)));
      case GATHER -> {
        String rows = inner("Gather", upright(first), node.getInput(1));
        replaceLast(b -> b.addAllAttribute(node.getAttributeList()));
        last("MatMul", rows, upright(second));
      }
      case GEMM_RIGHT -> {
        String inner = inner("Gemm", node.getInput(0), first);
        replaceLast(b -> flags(b, has("transA"), transposed));
        last("Gemm", inner, second);
        replaceLast(b -> scale(flags(b, false, transposed)));
      }
      case GEMM_LEFT -> {
        String inner = inner("Gemm", second, node.getInput(1));
        replaceLast(b -> flags(b, transposed, has("transB")));
        last("Gemm", first, inner);
        replaceLast(b -> scale(flags(b, transposed, false)));
      }
      case CONV -> {
        String inner = inner("Conv", node.getInput(0), second);
        replaceLast(b ->
            node.getAttributeList().stream()
                .filter(a -> !a.getName().equals("group"))
                .forEach(b::addAttribute));
        last("Conv", inner, first);
        replaceLast(b -> Nodes.input(node, 2).ifPresent(b::addInput));
      }
    }
    return List.copyOf(nodes);
  }

  private interface Change {
    void to(NodeProto.Builder node);
  }

  private void replaceLast(Change change) {
    NodeProto.Builder builder = nodes.removeLast().toBuilder();
    change.to(builder);
    nodes.add(builder.build());
  }

  private String inner(String operator, String... inputs) {
    return add(operator, editor.freshName(node.getOutput(0) + "_low_rank"), inputs);
  }

  private void last(String operator, String... inputs) {
    nodes.add(
        node.toBuilder()
            .clearInput()
            .clearAttribute()
            .setOpType(operator)
            .addAllInput(List.of(inputs))
            .build());
  }

  private String add(String operator, String output, String... inputs) {
    nodes.add(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(editor.freshName(output + "_node"))
            .addAllInput(List.of(inputs))
            .addOutput(output)
            .build());
    return output;
  }

  /** The factor in the type that the weight had on arrival. */
  private String cast(String factor) {
    return use.cast()
        .map(type -> {
          String output = add("Cast", editor.freshName(factor + "_cast"), factor);
          replaceLast(b -> b.addAttribute(to(type)));
          return output;
        })
        .orElse(factor);
  }

  /** The factor as it stands in E, for operators that cannot transpose their operands. */
  private String upright(String factor) {
    return transposed ? add("Transpose", editor.freshName(factor + "_transposed"), factor) : factor;
  }

  private boolean has(String flag) {
    return Nodes.intAttribute(node, flag, 0) != 0;
  }

  private static NodeProto.Builder flags(NodeProto.Builder gemm, boolean transA, boolean transB) {
    if (transA) {
      gemm.addAttribute(Attributes.integer("transA", 1));
    }
    if (transB) {
      gemm.addAttribute(Attributes.integer("transB", 1));
    }
    return gemm;
  }

  /** alpha·A·B + beta·C is applied once, in the last node. */
  private NodeProto.Builder scale(NodeProto.Builder gemm) {
    Nodes.attribute(node, "alpha").ifPresent(gemm::addAttribute);
    Nodes.attribute(node, "beta").ifPresent(gemm::addAttribute);
    Nodes.input(node, 2).ifPresent(gemm::addInput);
    return gemm;
  }

  private static AttributeProto to(DataType type) {
    return Attributes.integer("to", type.number());
  }
}
