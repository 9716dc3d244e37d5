package io.greenformers.core.rewrite;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.Domains;
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
      case MATMUL_RIGHT, GEMM_RIGHT -> right(first, second);
      case MATMUL_LEFT, GEMM_LEFT -> left(first, second);
      case GATHER -> {
        String rows = inner("Gather", upright(first), node.getInput(1));
        replaceLast(b -> b.addAllAttribute(node.getAttributeList()));
        last("MatMul", rows, upright(second));
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
      case ATTENTION -> {
        String inner = inner("MatMul", node.getInput(0), upright(first));
        nodes.add(node.toBuilder().setInput(0, inner).setInput(1, upright(second)).build());
      }
      case EMBED_NORM -> throw new IllegalStateException("a table has no factors in its node");
    }
    return List.copyOf(nodes);
  }

  /** x·first·second. */
  private void right(String first, String second) {
    if (Nodes.is(node, "MatMul")) {
      last("MatMul", inner("MatMul", node.getInput(0), upright(first)), upright(second));
      return;
    }
    String inner = inner(innerProduct(), node.getInput(0), first);
    replaceLast(b -> flags(b, has("transA"), transposed));
    last(node.getOpType(), inner, second);
    replaceLast(b -> scale(flags(b, false, transposed)));
  }

  /** first·second·x. */
  private void left(String first, String second) {
    if (Nodes.is(node, "MatMul")) {
      last("MatMul", upright(first), inner("MatMul", upright(second), node.getInput(1)));
      return;
    }
    String inner = inner(innerProduct(), second, node.getInput(1));
    replaceLast(b -> flags(b, transposed, has("transB")));
    last(node.getOpType(), first, inner);
    replaceLast(b -> scale(flags(b, transposed, false)));
  }

  /** Scaling, bias and activation are the last product's. */
  private String innerProduct() {
    return node.getOpType().equals("FusedMatMul") ? "FusedMatMul" : "Gemm";
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
            .setDomain(operator.startsWith("Fused") ? Domains.MICROSOFT : "")
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

  /** alpha·A·B + beta·C, and what FusedGemm does to it, is applied once, in the last node. */
  private NodeProto.Builder scale(NodeProto.Builder gemm) {
    node.getAttributeList().stream()
        .filter(a -> !a.getName().startsWith("trans"))
        .forEach(gemm::addAttribute);
    Nodes.input(node, 2).ifPresent(gemm::addInput);
    return gemm;
  }

  private static AttributeProto to(DataType type) {
    return Attributes.integer("to", type.number());
  }
}
