package io.greenformers.engine.rewrite;

import static io.greenformers.engine.graphs.Graphs.attribute;
import static io.greenformers.engine.graphs.Graphs.node;
import static io.greenformers.engine.graphs.Graphs.tensor;
import static io.greenformers.engine.graphs.Graphs.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.Tensors;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.rewrite.BiasSlot;
import io.greenformers.core.rewrite.FactorizePass;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.site.Site;
import io.greenformers.engine.graphs.Graphs;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A correction δ of the outputs, against the dense graph with an {@code Add} of δ after it. */
final class BiasCorrectionTest {
  private static final double TOLERANCE = 1e-4;
  private static final int IN = 6;
  private static final int OUT = 8;

  @TempDir Path directory;

  /** Graphs around a weight W and, where {@code shift} is given, with a constant added after it. */
  enum Around {
    MATMUL_AND_ADD(true) {
      @Override
      GraphProto.Builder graph(boolean shift) {
        return linear(shift, node("MatMul", "p", "x", "W"), node("Add", "y", "p", "b"));
      }
    },
    MATMUL_AND_ADD_OF_BIAS_FIRST(true) {
      @Override
      GraphProto.Builder graph(boolean shift) {
        return linear(shift, node("MatMul", "p", "x", "W"), node("Add", "y", "b", "p"));
      }
    },
    MATMUL(false) {
      @Override
      GraphProto.Builder graph(boolean shift) {
        return linear(shift, node("MatMul", "y", "x", "W"));
      }
    },
    MATMUL_READ_TWICE(false) {
      @Override
      GraphProto.Builder graph(boolean shift) {
        return linear(
            shift,
            "p",
            node("MatMul", "p", "x", "W"),
            node("Add", "q", "p", "b"),
            node("Mul", "y", "q", "p"));
      }
    },
    GEMM(true) {
      @Override
      GraphProto.Builder graph(boolean shift) {
        return linear(
            shift,
            node("Gemm", "y", "x", "W", "b")
                .addAttribute(attribute("alpha", 0.5f))
                .addAttribute(attribute("beta", 2f)));
      }
    },
    GEMM_WITHOUT_BIAS(true) {
      @Override
      GraphProto.Builder graph(boolean shift) {
        return linear(
            shift,
            node("Gemm", "y", "x", "W")
                .addAttribute(attribute("alpha", 0.5f))
                .addAttribute(attribute("beta", 2f)));
      }
    },
    GEMM_WHOSE_BIAS_DOES_NOT_COUNT(false) {
      @Override
      GraphProto.Builder graph(boolean shift) {
        return linear(shift, node("Gemm", "y", "x", "W", "b").addAttribute(attribute("beta", 0f)));
      }
    },
    MATMUL_OF_COLUMNS(false) {
      @Override
      GraphProto.Builder graph(boolean shift) {
        return shifted(shift, "y", List.of((long) OUT, 1L), node("MatMul", "y", "W", "x"))
            .addInitializer(weight(List.of((long) OUT, (long) IN)))
            .addInput(value("x", DataType.FLOAT, "batch", IN, "sequence"))
            .addOutput(value("y", DataType.FLOAT, "batch", OUT, "sequence"));
      }
    },
    CONV(true) {
      @Override
      GraphProto.Builder graph(boolean shift) {
        return conv(shift, node("Conv", "y", "x", "W", "b"));
      }
    },
    CONV_WITHOUT_BIAS(true) {
      @Override
      GraphProto.Builder graph(boolean shift) {
        return conv(shift, node("Conv", "y", "x", "W"));
      }
    };

    private final boolean hasSlot;

    Around(boolean hasSlot) {
      this.hasSlot = hasSlot;
    }

    abstract GraphProto.Builder graph(boolean shift);

    private static GraphProto.Builder conv(boolean shift, NodeProto.Builder conv) {
      return shifted(shift, "y", List.of((long) OUT, 1L), conv)
          .addInitializer(weight(List.of((long) OUT, 3L, 2L)))
          .addInput(value("x", DataType.FLOAT, "batch", 3, "sequence"))
          .addOutput(value("y", DataType.FLOAT, "batch", OUT, "length"));
    }

    private static GraphProto.Builder linear(boolean shift, NodeProto.Builder... nodes) {
      return linear(shift, "y", nodes);
    }

    private static GraphProto.Builder linear(
        boolean shift, String shifted, NodeProto.Builder... nodes) {
      return shifted(shift, shifted, List.of((long) OUT), nodes)
          .addInitializer(weight(List.of((long) IN, (long) OUT)))
          .addInput(value("x", DataType.FLOAT, "sequence", IN))
          .addOutput(value("y", DataType.FLOAT, "sequence", OUT));
    }

    private static GraphProto.Builder shifted(
        boolean shift, String shifted, List<Long> dims, NodeProto.Builder... nodes) {
      GraphProto.Builder graph =
          GraphProto.newBuilder()
              .addInitializer(tensor("b", DataType.FLOAT, List.of((long) OUT), ramp(0.25)));
      for (NodeProto.Builder node : nodes) {
        if (shift && node.getOutput(0).equals(shifted)) {
          graph.addNode(node.setName("unshifted").setOutput(0, "unshifted"));
          graph.addNode(node("Add", shifted, "unshifted", "shift"));
          graph.addInitializer(tensor("shift", DataType.FLOAT, dims, DELTA));
        } else {
          graph.addNode(node);
        }
      }
      return graph;
    }
  }

  private static final double[] DELTA = ramp(-1.5);

  @ParameterizedTest
  @EnumSource(Around.class)
  void shiftsTheOutputsWhereThereIsABiasAndAddsNoNodes(Around around) throws Exception {
    Models models = new Models(directory);
    OnnxModel model = models.read(Graphs.model(around.graph(false)));
    Site site = weight(model);
    Factors factors = Models.fullRank(model, site).correctedBy(delta(OUT));

    assertThat(BiasSlot.inEveryUse(GraphIndex.of(model), site)).isEqualTo(around.hasSlot);
    OnnxModel corrected = apply(model, site, factors);
    assertThat(corrected.proto().getGraph().getNodeCount())
        .isEqualTo(model.proto().getGraph().getNodeCount() + 1);
    OnnxModel expected = models.read(Graphs.model(around.graph(around.hasSlot)));
    assertThat(models.parity(expected, corrected).maxRelative()).isLessThan(TOLERANCE);
    assertThat(bytes(corrected) - bytes(apply(model, site, Models.fullRank(model, site))))
        .isEqualTo(BiasSlot.addedBytes(GraphIndex.of(model), site));
  }

  @Test
  void leavesATiedBiasToItsOtherReaders() throws Exception {
    Models models = new Models(directory);
    OnnxModel model = models.read(twoBranches(false));
    Site site = weight(model);
    Factors factors = Models.fullRank(model, site).correctedBy(delta(OUT));
    OnnxModel corrected = apply(model, site, factors);
    assertThat(corrected.proto().getGraph().getInitializerList())
        .extracting(TensorProto::getName)
        .contains("b", "b_corrected");
    assertThat(BiasSlot.addedBytes(GraphIndex.of(model), site)).isEqualTo(4L * OUT);
    OnnxModel expected = models.read(twoBranches(true));
    assertThat(models.parity(expected, corrected).maxRelative()).isLessThan(TOLERANCE);
  }

  @Test
  void refusesACorrectionOfAnotherSize() throws Exception {
    OnnxModel model = new Models(directory).read(Graphs.model(Around.GEMM.graph(false)));
    Site site = weight(model);
    Factors factors = Models.fullRank(model, site).correctedBy(delta(OUT + 1));
    assertThatThrownBy(() -> apply(model, site, factors))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected a bias correction of 8 elements");
  }

  /** Two weights whose products add the same bias; only W's outputs are shifted. */
  private static ModelProto twoBranches(boolean shift) {
    GraphProto.Builder graph = Around.MATMUL_AND_ADD.graph(shift);
    graph.getOutputBuilder(0).setName("z");
    return Graphs.model(
        graph
            .addInitializer(tensor("V", DataType.FLOAT, List.of((long) IN, (long) OUT), values()))
            .addNode(node("MatMul", "v", "x", "V"))
            .addNode(node("Add", "vb", "v", "b"))
            .addNode(node("Mul", "z", "y", "vb")));
  }

  private static long bytes(OnnxModel model) {
    return model.proto().getGraph().getInitializerList().stream()
        .mapToLong(t -> Tensors.type(t).bytes(Tensors.elements(t.getDimsList())))
        .sum();
  }

  private static OnnxModel apply(OnnxModel model, Site site, Factors factors) {
    return new FactorizePass(GraphIndex.of(model), Map.of(site, factors)).apply(model).model();
  }

  private static Site weight(OnnxModel model) {
    return Models.sites(model).stream()
        .filter(s -> s.weight().name().equals("W"))
        .findFirst()
        .orElseThrow();
  }

  private static TensorProto weight(List<Long> dims) {
    return tensor("W", DataType.FLOAT, dims, values());
  }

  private static double[] values() {
    return Arrays.copyOf(Weights.SQUARE.elements(), IN * OUT);
  }

  private static TensorProto delta(int size) {
    return tensor("delta", DataType.DOUBLE, List.of((long) size), Arrays.copyOf(DELTA, size));
  }

  private static double[] ramp(double start) {
    double[] values = new double[OUT];
    for (int i = 0; i < values.length; i++) {
      values[i] = start + 0.5 * i;
    }
    return values;
  }
}
