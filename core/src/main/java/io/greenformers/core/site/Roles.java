package io.greenformers.core.site;

import io.greenformers.core.onnx.Nodes;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.site.Site.Role;
import java.util.Optional;

/** What a matrix is to the node that reads it. */
final class Roles {
  private Roles() {}

  /** The role of the matrix at an input; empty where the node can work with the matrix only. */
  static Optional<Role> ofMatrix(NodeProto node, int input) {
    boolean operand = input == 0 || input == 1;
    if (operand && (Nodes.is(node, "MatMul") || isFusedMatMul(node))) {
      return Optional.of(input == 0 ? Role.MATMUL_LEFT : Role.MATMUL_RIGHT);
    }
    if (operand && (Nodes.is(node, "Gemm") || Nodes.isMicrosoft(node, "FusedGemm"))) {
      return Optional.of(input == 0 ? Role.GEMM_LEFT : Role.GEMM_RIGHT);
    }
    if (Nodes.is(node, "Gather") && input == 0 && gathersRows(node)) {
      return Optional.of(Role.GATHER);
    }
    if (Nodes.isMicrosoft(node, "Attention") && input == 1) {
      return Optional.of(Role.ATTENTION);
    }
    boolean table = Nodes.isMicrosoft(node, "EmbedLayerNormalization") && input >= 2 && input <= 4;
    return table ? Optional.of(Role.EMBED_NORM) : Optional.empty();
  }

  /** Whether the node works with the transpose of what it reads. */
  static boolean flips(NodeProto node, Role role) {
    return switch (role) {
      case GEMM_LEFT, MATMUL_LEFT -> Nodes.intAttribute(node, "transA", 0) != 0;
      case GEMM_RIGHT, MATMUL_RIGHT -> Nodes.intAttribute(node, "transB", 0) != 0;
      case GATHER, CONV, ATTENTION, EMBED_NORM -> false;
    };
  }

  /** With other axes swapped as well it is no plain product. */
  private static boolean isFusedMatMul(NodeProto node) {
    return Nodes.isMicrosoft(node, "FusedMatMul")
        && Nodes.intAttribute(node, "transBatchA", 0) == 0
        && Nodes.intAttribute(node, "transBatchB", 0) == 0;
  }

  private static boolean gathersRows(NodeProto node) {
    long axis = Nodes.intAttribute(node, "axis", 0);
    return axis == 0 || axis == -2;
  }
}
