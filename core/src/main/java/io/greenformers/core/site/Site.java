package io.greenformers.core.site;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.Tensors;
import io.greenformers.core.onnx.proto.TensorProto;
import java.util.List;
import java.util.Optional;

/**
 * A constant weight matrix W [m, n] and every node that uses it.
 *
 * <p>A tied weight is one site with several uses, which share its factors. A convolution's kernel
 * [O, I, k…] counts as the matrix [O, I·k…].
 *
 * @param name unique in the model: of the first node, or of the weight where the node has none
 * @param kind what the weight is used for
 * @param weight the value that holds W: an initializer or the output of a {@code Constant}
 * @param tensor W as it is stored
 * @param uses the nodes that can work with the factors of W instead
 * @param obstacle why W cannot be replaced; empty where it can
 */
public record Site(
    String name,
    Kind kind,
    Value weight,
    TensorProto tensor,
    List<Use> uses,
    Optional<String> obstacle) {

  /** What a site does with its weight. */
  public enum Kind {
    LINEAR,
    CONV,
    EMBEDDING
  }

  /** Which operand of which operator the weight is. */
  public enum Role {
    /** {@code MatMul(x, W)}, or {@code FusedMatMul}. */
    MATMUL_RIGHT("MatMul"),
    /** {@code MatMul(W, x)}, or {@code FusedMatMul}. */
    MATMUL_LEFT("MatMul"),
    /** {@code Gemm(x, W, c)}, or {@code FusedGemm}. */
    GEMM_RIGHT("Gemm"),
    /** {@code Gemm(W, x, c)}, or {@code FusedGemm}. */
    GEMM_LEFT("Gemm"),
    /** {@code Gather(W, ids)} of rows. */
    GATHER("Gather"),
    /** {@code Conv(x, W, b)} with one group. */
    CONV("Conv"),
    /** {@code com.microsoft.Attention(x, W, b, …)}: W holds those of query, key and value. */
    ATTENTION("Attention"),
    /** A table that {@code com.microsoft.EmbedLayerNormalization} looks up: always an obstacle. */
    EMBED_NORM("EmbedLayerNormalization");

    private final String operator;

    Role(String operator) {
      this.operator = operator;
    }

    public String operator() {
      return operator;
    }

    /** The position of the other operand: the input that the weight meets. */
    public int inputPosition() {
      return switch (this) {
        case MATMUL_RIGHT, GEMM_RIGHT, CONV, ATTENTION, EMBED_NORM -> 0;
        case MATMUL_LEFT, GEMM_LEFT, GATHER -> 1;
      };
    }

    /** Whether the weight is the left operand, so that its rows become rows of the output. */
    public boolean weightIsLeft() {
      return switch (this) {
        case MATMUL_LEFT, GEMM_LEFT, CONV -> true;
        case MATMUL_RIGHT, GEMM_RIGHT, GATHER, ATTENTION, EMBED_NORM -> false;
      };
    }
  }

  /**
   * A node that uses the weight.
   *
   * @param node the node
   * @param role which operand of it the weight is
   * @param transposed whether the node works with Wᵀ: by {@code Transpose} on the way, by {@code
   *     transA} or {@code transB}, but not by both
   * @param cast the type the weight is cast to on the way
   */
  public record Use(NodeRef node, Role role, boolean transposed, Optional<DataType> cast) {

    /**
     * Whether inputs contract with the rows of W as it is stored, so that C = E[xxᵀ] is [m, m];
     * they contract with its columns otherwise.
     */
    public boolean contractsRows() {
      return role.weightIsLeft() == transposed;
    }

    /** The size of the axis of the output that the weight makes. */
    public int outputs(Site site) {
      return contractsRows() ? site.columns() : site.rows();
    }
  }

  public Site {
    uses = List.copyOf(uses);
  }

  /** m: rows of W, output channels of a kernel. */
  public int rows() {
    return Math.toIntExact(tensor.getDims(0));
  }

  /** n: columns of W, or I·k… of a kernel. */
  public int columns() {
    return Math.toIntExact(
        Tensors.elements(tensor.getDimsList().subList(1, tensor.getDimsCount())));
  }

  /** m·n. */
  public long parameters() {
    return (long) rows() * columns();
  }

  public int fullRank() {
    return Math.min(rows(), columns());
  }

  /** mn/(m+n): factors of this rank or more have no fewer weights than W. */
  public double breakEvenRank() {
    return (double) parameters() / (rows() + columns());
  }

  public DataType type() {
    return Tensors.type(tensor);
  }

  /** Whether every use works with Wᵀ, so that the factors of Wᵀ are the ones to store. */
  public boolean allTransposed() {
    return uses.stream().allMatch(Use::transposed);
  }
}
