package io.greenformers.engine.rewrite;

import static io.greenformers.engine.graphs.Graphs.attribute;
import static io.greenformers.engine.graphs.Graphs.node;
import static io.greenformers.engine.graphs.Graphs.value;
import static io.greenformers.engine.rewrite.AttentionGraph.WIDTH;
import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.rewrite.FuseSkipNormPass;
import io.greenformers.core.rewrite.PassResult;
import io.greenformers.engine.graphs.Graphs;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Residual sums and the normalisations after them. */
final class FuseSkipNormPassTest {
  private static final double TOLERANCE = 1e-5;

  @TempDir Path directory;

  enum Fused {
    WITH_BIAS {
      @Override
      void build(AttentionGraph g) {
        norm(g, g.add(node("Add", "sum", g.linear("a", "x"), "x")), "y");
      }
    },
    BIAS_ON_THE_SKIPPING_SIDE {
      @Override
      void build(AttentionGraph g) {
        norm(g, g.add(node("Add", "sum", "x", g.linear("a", "x"))), "y");
      }
    },
    WITHOUT_BIAS {
      @Override
      void build(AttentionGraph g) {
        String product = g.add(node("MatMul", "p", "x", g.weight("w", WIDTH, WIDTH)));
        norm(g, g.add(node("Add", "sum", product, "x")), "y");
      }
    },
    SUM_READ_AGAIN {
      @Override
      void build(AttentionGraph g) {
        String sum = g.add(node("Add", "sum", g.linear("a", "x"), "x"));
        g.add(node("Add", "y", norm(g, sum, "n"), sum));
      }
    },
    SUM_IS_AN_OUTPUT {
      @Override
      void build(AttentionGraph g) {
        WITH_BIAS.build(g);
        g.graph.addOutput(value("sum", DataType.FLOAT, "batch", "sequence", WIDTH));
      }
    },
    BIASED_VALUE_READ_AGAIN {
      @Override
      void build(AttentionGraph g) {
        String linear = g.linear("a", "x");
        norm(g, g.add(node("Add", "sum", linear, "x")), "n");
        g.add(node("Mul", "y", "n", linear));
      }
    },
    PRIMITIVE {
      @Override
      void build(AttentionGraph g) {
        primitive(g, g.add(node("Add", "sum", g.linear("a", "x"), "x")), 2);
      }
    };

    abstract void build(AttentionGraph g);
  }

  @ParameterizedTest
  @EnumSource(Fused.class)
  void computesTheSameInOneNode(Fused kind) throws Exception {
    AttentionGraph graph = new AttentionGraph();
    kind.build(graph);
    Models models = new Models(directory);
    OnnxModel model = models.read(Graphs.model(graph.graph));
    OnnxModel fused = new FuseSkipNormPass().apply(model).model();
    List<NodeProto> nodes = fused.proto().getGraph().getNodeList();
    assertThat(nodes).extracting(NodeProto::getOpType).containsOnlyOnce("SkipLayerNormalization");
    assertThat(nodes)
        .extracting(NodeProto::getOpType)
        .doesNotContain("LayerNormalization", "ReduceMean");
    assertThat(models.parity(model, fused).maxRelative()).isLessThan(TOLERANCE);
  }

  enum Kept {
    NO_SUM_BEFORE {
      @Override
      void build(AttentionGraph g) {
        norm(g, g.add(node("Mul", "product", g.linear("a", "x"), "x")), "y");
      }
    },
    BROADCAST_SUM {
      @Override
      void build(AttentionGraph g) {
        g.graph.addInput(value("row", DataType.FLOAT, 1, "sequence", WIDTH));
        norm(g, g.add(node("Add", "sum", "x", "row")), "y");
      }
    },
    AXES_OF_UNKNOWN_SIZE {
      @Override
      void build(AttentionGraph g) {
        g.graph.addInput(value("z", DataType.FLOAT, "another", "sequence", WIDTH));
        norm(g, g.add(node("Add", "sum", "x", "z")), "y");
      }
    },
    ANOTHER_AXIS {
      @Override
      void build(AttentionGraph g) {
        NodeProto.Builder norm = node("LayerNormalization", "y", "sum", g.weight("g", WIDTH));
        g.add(node("Add", "sum", "x", "x"));
        g.add(norm.addAttribute(attribute("axis", 1)));
      }
    },
    ANOTHER_POWER {
      @Override
      void build(AttentionGraph g) {
        primitive(g, g.add(node("Add", "sum", g.linear("a", "x"), "x")), 4);
      }
    },
    DOUBLE_PRECISION {
      @Override
      AttentionGraph graph() {
        return new AttentionGraph(DataType.DOUBLE);
      }

      @Override
      void build(AttentionGraph g) {
        Fused.WITH_BIAS.build(g);
      }
    };

    AttentionGraph graph() {
      return new AttentionGraph();
    }

    abstract void build(AttentionGraph g);
  }

  @ParameterizedTest
  @EnumSource(Kept.class)
  void stays(Kept kind) throws Exception {
    AttentionGraph graph = kind.graph();
    kind.build(graph);
    OnnxModel model = new Models(directory).read(Graphs.model(graph.graph));
    PassResult result = new FuseSkipNormPass().apply(model);
    assertThat(result.changed()).isFalse();
    assertThat(result.model()).isSameAs(model);
  }

  private static String norm(AttentionGraph g, String x, String output) {
    String scale = g.weight(output + "_scale", WIDTH);
    String bias = g.weight(output + "_bias", WIDTH);
    return g.add(node("LayerNormalization", output, x, scale, bias));
  }

  /** As opset 12 has it. */
  private static void primitive(AttentionGraph g, String x, double power) {
    g.add(node("ReduceMean", "mean", x).addAttribute(attribute("axes", List.of(-1L))));
    g.add(node("Sub", "centred", x, "mean"));
    g.add(node("Pow", "square", "centred", g.constant("power", power)));
    g.add(node("ReduceMean", "variance", "square").addAttribute(attribute("axes", List.of(-1L))));
    g.add(node("Add", "shifted", "variance", g.constant("epsilon", 1e-5)));
    g.add(node("Sqrt", "deviation", "shifted"));
    g.add(node("Div", "normal", "centred", "deviation"));
    g.add(node("Mul", "scaled", "normal", g.weight("scale", WIDTH)));
    g.add(node("Add", "y", "scaled", g.weight("bias", WIDTH)));
  }
}
