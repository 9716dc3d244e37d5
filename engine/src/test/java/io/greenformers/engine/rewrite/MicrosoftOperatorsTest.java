package io.greenformers.engine.rewrite;

import static io.greenformers.engine.graphs.Graphs.attribute;
import static io.greenformers.engine.graphs.Graphs.microsoft;
import static io.greenformers.engine.graphs.Graphs.node;
import static io.greenformers.engine.graphs.Graphs.tensor;
import static io.greenformers.engine.graphs.Graphs.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.GraphProto;
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
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Weights of the operators that ONNX Runtime's optimiser puts into models. */
final class MicrosoftOperatorsTest {
  private static final double TOLERANCE = 1e-4;
  private static final DataType FLOAT = DataType.FLOAT;

  @TempDir Path directory;

  enum Around {
    ATTENTION {
      @Override
      GraphProto.Builder graph() {
        return with(
                microsoft("Attention", "y", "x", "W", "b").addAttribute(attribute("num_heads", 2)),
                8,
                24)
            .addInitializer(random("b", 24))
            .addInput(value("x", FLOAT, "batch", "sequence", 8))
            .addOutput(value("y", FLOAT, "batch", "sequence", 8));
      }
    },
    MATMUL_RIGHT {
      @Override
      GraphProto.Builder graph() {
        return with(scaled("x", "W"), 8, 6)
            .addInput(value("x", FLOAT, "batch", "sequence", 8))
            .addOutput(value("y", FLOAT, "batch", "sequence", 6));
      }
    },
    MATMUL_RIGHT_TRANSPOSED {
      @Override
      GraphProto.Builder graph() {
        return with(scaled("x", "W").addAttribute(attribute("transB", 1)), 8, 6)
            .addInput(value("x", FLOAT, "batch", "sequence", 6))
            .addOutput(value("y", FLOAT, "batch", "sequence", 8));
      }
    },
    MATMUL_RIGHT_OF_TRANSPOSED {
      @Override
      GraphProto.Builder graph() {
        return with(scaled("x", "W").addAttribute(attribute("transA", 1)), 8, 6)
            .addInput(value("x", FLOAT, "batch", 8, "sequence"))
            .addOutput(value("y", FLOAT, "batch", "sequence", 6));
      }
    },
    MATMUL_LEFT {
      @Override
      GraphProto.Builder graph() {
        return with(scaled("W", "x"), 8, 6)
            .addInput(value("x", FLOAT, "batch", 6, "sequence"))
            .addOutput(value("y", FLOAT, "batch", 8, "sequence"));
      }
    },
    MATMUL_LEFT_TRANSPOSED {
      @Override
      GraphProto.Builder graph() {
        return with(scaled("W", "x").addAttribute(attribute("transA", 1)), 8, 6)
            .addInput(value("x", FLOAT, "batch", 8, "sequence"))
            .addOutput(value("y", FLOAT, "batch", 6, "sequence"));
      }
    },
    GEMM_WITH_ACTIVATION {
      @Override
      GraphProto.Builder graph() {
        return with(
                microsoft("FusedGemm", "y", "x", "W", "b")
                    .addAttribute(attribute("activation", "LeakyRelu"))
                    .addAttribute(attribute("activation_alpha", 0.25f))
                    .addAttribute(attribute("alpha", 0.5f))
                    .addAttribute(attribute("transB", 1)),
                6,
                8)
            .addInitializer(random("b", 6))
            .addInput(value("x", FLOAT, "batch", 8))
            .addOutput(value("y", FLOAT, "batch", 6));
      }
    },
    BIAS_AND_GELU {
      @Override
      GraphProto.Builder graph() {
        return with(node("MatMul", "p", "x", "W"), 8, 6)
            .addNode(microsoft("BiasGelu", "y", "p", "b"))
            .addInitializer(random("b", 6))
            .addInput(value("x", FLOAT, "batch", "sequence", 8))
            .addOutput(value("y", FLOAT, "batch", "sequence", 6));
      }
    },
    SKIP_AND_NORM {
      @Override
      GraphProto.Builder graph() {
        return with(node("MatMul", "p", "x", "W"), 8, 8)
            .addNode(microsoft("SkipLayerNormalization", "y", "x", "p", "g", "h", "b"))
            .addInitializer(random("b", 8))
            .addInitializer(random("g", 8))
            .addInitializer(random("h", 8))
            .addInput(value("x", FLOAT, "batch", "sequence", 8))
            .addOutput(value("y", FLOAT, "batch", "sequence", 8));
      }
    };

    abstract GraphProto.Builder graph();

    private static NodeProto.Builder scaled(String a, String b) {
      return microsoft("FusedMatMul", "y", a, b).addAttribute(attribute("alpha", 0.5f));
    }

    private static GraphProto.Builder with(NodeProto.Builder node, long rows, long columns) {
      return GraphProto.newBuilder().addInitializer(random("W", rows, columns)).addNode(node);
    }
  }

  @ParameterizedTest
  @EnumSource(Around.class)
  void isTheSameFunctionAtFullRank(Around around) throws Exception {
    Models models = new Models(directory);
    OnnxModel model = models.read(Graphs.model(around.graph()));
    OnnxModel factorized = Models.factorized(model);
    GraphProto graph = factorized.proto().getGraph();
    assertThat(graph.getNodeCount()).isEqualTo(model.proto().getGraph().getNodeCount() + 1);
    assertThat(graph.getInitializerList())
        .extracting(TensorProto::getName)
        .contains("W_left", "W_right")
        .doesNotContain("W");
    assertThat(models.parity(model, factorized).maxRelative()).isLessThan(TOLERANCE);
  }

  /** δ = 1 on every output of the product is the same as a bias that is larger by 1. */
  @ParameterizedTest
  @EnumSource(
      value = Around.class,
      names = {"ATTENTION", "GEMM_WITH_ACTIVATION", "BIAS_AND_GELU", "SKIP_AND_NORM"})
  void takesUpCorrectionsInItsBias(Around around) throws Exception {
    Models models = new Models(directory);
    OnnxModel model = models.read(Graphs.model(around.graph()));
    GraphIndex index = GraphIndex.of(model);
    Site site = site(model);
    int outputs = site.uses().getFirst().outputs(site);
    double[] ones = new double[outputs];
    Arrays.fill(ones, 1);
    TensorProto delta = tensor("d", DataType.DOUBLE, List.of((long) outputs), ones);
    Factors factors = Models.fullRank(model, site).correctedBy(delta);
    assertThat(BiasSlot.inEveryUse(index, site)).isTrue();
    OnnxModel corrected = new FactorizePass(index, Map.of(site, factors)).apply(model).model();

    GraphProto.Builder expected = around.graph();
    for (TensorProto.Builder tensor : expected.getInitializerBuilderList()) {
      for (int i = 0; i < tensor.getFloatDataCount() && tensor.getName().equals("b"); i++) {
        tensor.setFloatData(i, tensor.getFloatData(i) + 1);
      }
    }
    assertThat(models.parity(models.read(Graphs.model(expected)), corrected).maxRelative())
        .isLessThan(TOLERANCE);
  }

  @Test
  void keepsATableThatANodeLooksUpItself() throws Exception {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .addInitializer(random("words", 20, 8))
            .addInitializer(random("places", 16, 8))
            .addInitializer(random("g", 8))
            .addInitializer(random("h", 8))
            .addNode(
                microsoft(
                        "EmbedLayerNormalization", "y", "ids", "", "words", "places", "", "g", "h")
                    .addOutput("lengths"))
            .addInput(value("ids", DataType.INT32, "batch", "sequence"))
            .addOutput(value("y", FLOAT, "batch", "sequence", 8));
    OnnxModel model = new Models(directory).read(Graphs.model(graph));
    assertThat(Models.sites(model))
        .hasSize(2)
        .allMatch(s -> s.kind() == Site.Kind.EMBEDDING)
        .allMatch(s -> s.obstacle().orElse("none").contains("looks up itself"));
  }

  @Test
  void findsNoSiteWhereBatchesAreTransposedToo() throws Exception {
    GraphProto.Builder graph = Around.MATMUL_RIGHT.graph();
    graph.getNodeBuilder(0).addAttribute(attribute("transBatchA", 1));
    assertThat(Models.sites(new Models(directory).read(Graphs.model(graph)))).isEmpty();
  }

  private static Site site(OnnxModel model) {
    return Models.sites(model).getFirst();
  }

  private static TensorProto random(String name, long... dims) {
    List<Long> shape = Arrays.stream(dims).boxed().toList();
    int elements = (int) shape.stream().reduce(1L, (a, b) -> a * b).longValue();
    return tensor(name, FLOAT, shape, new Random(elements).doubles(elements, -1, 1).toArray());
  }
}
