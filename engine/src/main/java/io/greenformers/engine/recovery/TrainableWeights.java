package io.greenformers.engine.recovery;

import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.NodeRef;
import io.greenformers.core.onnx.GraphIndex.Use;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.Tensors;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Which constants of a model are weights that training may change.
 *
 * <ol>
 *   <li>Initializers of the main graph, floating, with more than one element, that no caller may
 *       override and that are no outputs.
 *   <li>Every node that reads one reads it where that operator has a weight; behind operators that
 *       only turn or convert it, the same holds of these.
 *   <li>A mask that is added to scores, a table of angles, or a scale is none: what is added is a
 *       vector, or small throughout; nothing that ends in a sine or cosine is trained.
 * </ol>
 */
public final class TrainableWeights {
  private static final int FARTHEST_ANGLE = 4;

  /** What a mask holds is far beyond it. */
  private static final double LARGEST_ADDED = 100;

  private static final Set<String> TURNING =
      Set.of("Transpose", "Identity", "Cast", "Reshape", "Squeeze", "Unsqueeze");

  private final OnnxModel model;
  private final GraphIndex index;

  private TrainableWeights(OnnxModel model, GraphIndex index) {
    this.model = model;
    this.index = index;
  }

  /** The names of a model's weights. */
  public static Set<String> of(OnnxModel model, GraphIndex index) {
    TrainableWeights weights = new TrainableWeights(model, index);
    Set<String> names = new LinkedHashSet<>();
    for (TensorProto tensor : model.proto().getGraph().getInitializerList()) {
      if (weights.isWeight(tensor)) {
        names.add(tensor.getName());
      }
    }
    return names;
  }

  private boolean isWeight(TensorProto tensor) {
    Value value = new Value(0, tensor.getName());
    return Tensors.type(tensor).isFloating()
        && Tensors.elements(tensor.getDimsList()) > 1
        && (!index.isInput(value) || model.initializersAreInputs())
        && !index.isOutput(value)
        && !index.uses(value).isEmpty()
        && index.uses(value).stream().allMatch(use -> isWeight(use, tensor));
  }

  private boolean isWeight(Use use, TensorProto tensor) {
    NodeProto node = index.node(use.node());
    if (use.node().graph() != 0 || reachesAngle(use.node(), FARTHEST_ANGLE)) {
      return false;
    }
    if (TURNING.contains(node.getOpType()) && use.input() == 0) {
      return index.uses(new Value(0, node.getOutput(0))).stream()
          .allMatch(next -> isWeight(next, tensor));
    }
    int rank = tensor.getDimsCount();
    return switch (node.getOpType()) {
      case "MatMul", "Gemm", "FusedMatMul", "FusedGemm" -> rank <= 2;
      case "Conv", "ConvTranspose" -> use.input() >= 1;
      case "Gather" -> use.input() == 0 && rank == 2;
      case "LayerNormalization",
          "SimplifiedLayerNormalization",
          "RMSNormalization",
          "InstanceNormalization",
          "GroupNormalization",
          "BiasGelu",
          "FastGelu",
          "PRelu" ->
          use.input() >= 1;
      case "BatchNormalization", "Attention" -> use.input() == 1 || use.input() == 2;
      case "SkipLayerNormalization", "SkipSimplifiedLayerNormalization" -> use.input() >= 2;
      case "EmbedLayerNormalization" -> use.input() >= 2 && use.input() <= 6;
      case "MultiHeadAttention" -> use.input() == 3;
      case "Add", "Sub" -> rank == 1 || (rank <= 3 && isSmall(tensor));
      case "Mul" -> rank == 1;
      default -> false;
    };
  }

  private boolean isSmall(TensorProto tensor) {
    for (float element : model.weights().floats(tensor)) {
      if (!(Math.abs(element) < LARGEST_ADDED)) {
        return false;
      }
    }
    return true;
  }

  private boolean reachesAngle(NodeRef ref, int steps) {
    NodeProto node = index.node(ref);
    if (node.getOpType().equals("Sin") || node.getOpType().equals("Cos")) {
      return true;
    }
    return steps > 0
        && node.getOutputList().stream()
            .filter(name -> !name.isEmpty())
            .flatMap(name -> index.uses(new Value(ref.graph(), name)).stream())
            .anyMatch(use -> reachesAngle(use.node(), steps - 1));
  }
}
