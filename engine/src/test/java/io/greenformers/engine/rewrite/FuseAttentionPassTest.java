package io.greenformers.engine.rewrite;

import static io.greenformers.engine.graphs.Graphs.attribute;
import static io.greenformers.engine.graphs.Graphs.microsoft;
import static io.greenformers.engine.graphs.Graphs.node;
import static io.greenformers.engine.graphs.Graphs.value;
import static io.greenformers.engine.rewrite.AttentionGraph.HEADS;
import static io.greenformers.engine.rewrite.AttentionGraph.SPLIT;
import static io.greenformers.engine.rewrite.AttentionGraph.SPLIT_KEY;
import static io.greenformers.engine.rewrite.AttentionGraph.WIDTH;
import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.rewrite.AttentionFinding;
import io.greenformers.core.rewrite.FuseAttentionPass;
import io.greenformers.core.rewrite.PassResult;
import io.greenformers.engine.graphs.Graphs;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is fused, that it computes the same, and what must stay. */
final class FuseAttentionPassTest {
  private static final double TOLERANCE = 1e-5;

  @TempDir Path directory;

  /** Attention as exporters write it. */
  enum Fused {
    SCALED_BY_DIVISION {
      @Override
      void build(AttentionGraph a) {
        a.finish(a.softmax(a.scaled(a.add(node("MatMul", "s", a.query(), a.key())))), a.values());
      }
    },
    UNSCALED {
      @Override
      void build(AttentionGraph a) {
        a.finish(a.softmax(a.add(node("MatMul", "s", a.query(), a.key()))), a.values());
      }
    },
    MASK_WHOSE_AXES_HAVE_NAMES_OF_THEIR_OWN {
      @Override
      void build(AttentionGraph a) {
        a.graph.addInput(value("m", DataType.FLOAT, "m_axis_1", 1, 1, "m_axis_2"));
        masked(a, "m");
      }
    },
    QUERY_AND_KEY_SCALED_EACH {
      @Override
      void build(AttentionGraph a) {
        String query = a.add(node("Mul", "q2", a.query(), a.constant("root", 0.7)));
        String key = a.add(node("Mul", "k2", a.key(), "root"));
        a.finish(a.softmax(a.add(node("MatMul", "s", query, key))), a.values());
      }
    },
    KEY_TRANSPOSED_TWICE {
      @Override
      void build(AttentionGraph a) {
        String key = a.heads(a.linear("k", "x"), SPLIT, 0, 0, HEADS, 4);
        String turned = a.transposed(key, List.of(0L, 1L, 3L, 2L));
        a.finish(a.softmax(a.scaled(a.add(node("MatMul", "s", a.query(), turned)))), a.values());
      }
    },
    HEADS_INFERRED {
      @Override
      void build(AttentionGraph a) {
        String query = a.heads(a.linear("q", "x"), SPLIT, 0, 0, -1, 4);
        a.finish(a.softmax(a.scaled(a.add(node("MatMul", "s", query, a.key())))), a.values());
      }
    },
    SHAPE_OF_X {
      @Override
      void build(AttentionGraph a) {
        a.add(node("Shape", "shape", "x"));
        a.add(node("Gather", "batch", "shape", a.integers("i0", 0)));
        a.add(node("Gather", "length", "shape", a.integers("i1", 1)));
        NodeProto.Builder concat =
            node("Concat", "split", "batch", "length", a.integers("n", -1), a.integers("h", 4));
        a.add(concat.addAttribute(attribute("axis", 0)));
        String reshaped = a.add(node("Reshape", "q_r", a.linear("q", "x"), "split"));
        String query = a.transposed(reshaped, SPLIT);
        a.finish(a.softmax(a.scaled(a.add(node("MatMul", "s", query, a.key())))), a.values());
      }
    },
    MASKED_PER_SENTENCE {
      @Override
      void build(AttentionGraph a) {
        a.graph.addInput(value("m", DataType.FLOAT, "batch", 1, 1, "sequence"));
        masked(a, "m");
      }
    },
    MASKED_PER_TOKEN {
      @Override
      void build(AttentionGraph a) {
        a.graph.addInput(value("m", DataType.FLOAT, "batch", 1, "sequence", "sequence"));
        masked(a, "m");
      }
    },
    BIASED_PER_HEAD_AND_MASKED {
      @Override
      void build(AttentionGraph a) {
        a.graph.addInput(value("m", DataType.FLOAT, "batch", 1, 1, "sequence"));
        a.graph.addInput(value("p", DataType.FLOAT, 1, HEADS, "sequence", "sequence"));
        String scores = a.add(node("MatMul", "s", a.query(), a.key()));
        String biased = a.add(node("Add", "biased", a.scaled(scores), "p"));
        a.finish(a.softmax(a.add(node("Add", "masked", "m", biased))), a.values());
      }
    },
    SCALED_IN_A_FUSED_PRODUCT {
      @Override
      void build(AttentionGraph a) {
        String key = a.heads(a.linear("k", "x"), SPLIT, 0, 0, HEADS, 4);
        NodeProto.Builder product =
            microsoft("FusedMatMul", "s", a.query(), key)
                .addAttribute(attribute("alpha", 0.5f))
                .addAttribute(attribute("transB", 1));
        a.finish(a.softmax(a.add(product)), a.values());
      }
    },
    CROSS {
      @Override
      void build(AttentionGraph a) {
        a.graph.addInput(value("z", DataType.FLOAT, "batch", "other", WIDTH));
        String key = a.heads(a.linear("k", "z"), SPLIT_KEY, 0, 0, HEADS, 4);
        String values = a.heads(a.linear("v", "z"), SPLIT, 0, 0, HEADS, 4);
        a.finish(a.softmax(a.scaled(a.add(node("MatMul", "s", a.query(), key)))), values);
      }
    },
    MERGED_HEADS_READ_TWICE {
      @Override
      void build(AttentionGraph a) {
        SCALED_BY_DIVISION.build(a);
        a.add(node("Neg", "negative", "context_t"));
        a.graph.addOutput(value("negative", DataType.FLOAT, "batch", "sequence", HEADS, 4));
      }
    };

    abstract void build(AttentionGraph a);

    private static void masked(AttentionGraph a, String mask) {
      String scores = a.scaled(a.add(node("MatMul", "s", a.query(), a.key())));
      a.finish(a.softmax(a.add(node("Add", "masked", scores, mask))), a.values());
    }
  }

  @ParameterizedTest
  @EnumSource(Fused.class)
  void computesTheSameInOneNode(Fused kind) throws Exception {
    AttentionGraph graph = new AttentionGraph();
    kind.build(graph);
    Models models = new Models(directory);
    OnnxModel model = models.read(Graphs.model(graph.graph));
    OnnxModel fused = new FuseAttentionPass().apply(model).model();

    List<NodeProto> nodes = fused.proto().getGraph().getNodeList();
    assertThat(nodes).extracting(NodeProto::getOpType).containsOnlyOnce("MultiHeadAttention");
    assertThat(nodes).extracting(NodeProto::getOpType).doesNotContain("Softmax");
    assertThat(fused.proto().getGraph().getOutputList())
        .isEqualTo(model.proto().getGraph().getOutputList());
    assertThat(fused.proto().getOpsetImportList())
        .anyMatch(o -> o.getDomain().equals("com.microsoft") && o.getVersion() == 1);
    assertThat(models.parity(model, fused).maxRelative()).isLessThan(TOLERANCE);
  }

  @ParameterizedTest
  @EnumSource(Fused.class)
  void computesTheSameAfterFactorization(Fused kind) throws Exception {
    AttentionGraph graph = new AttentionGraph();
    kind.build(graph);
    Models models = new Models(directory);
    OnnxModel model = models.read(Graphs.model(graph.graph));
    OnnxModel fused = new FuseAttentionPass().apply(Models.factorized(model)).model();
    assertThat(fused.proto().getGraph().getNodeList())
        .extracting(NodeProto::getOpType)
        .containsOnlyOnce("MultiHeadAttention");
    assertThat(models.parity(model, fused).maxRelative()).isLessThan(TOLERANCE);
  }

  /** What looks like attention, and is something else or cannot be proved. */
  enum Kept {
    SOFTMAX_OVER_ANOTHER_AXIS("not over the last") {
      @Override
      void build(AttentionGraph a) {
        String scores = a.add(node("MatMul", "s", a.query(), a.key()));
        String softmax = a.add(node("Softmax", "p", scores).addAttribute(attribute("axis", 2)));
        a.finish(softmax, a.values());
      }
    },
    SOFTMAX_WITHOUT_AN_AXIS_BEFORE_OPSET_13("not over the last") {
      @Override
      void build(AttentionGraph a) {
        String scores = a.add(node("MatMul", "s", a.query(), a.key()));
        a.finish(a.add(node("Softmax", "p", scores)), a.values());
      }

      @Override
      long opset() {
        return 12;
      }
    },
    PROBABILITIES_READ_ELSEWHERE("not read by one MatMul only") {
      @Override
      void build(AttentionGraph a) {
        Fused.SCALED_BY_DIVISION.build(a);
        a.graph.addOutput(value("probabilities", DataType.FLOAT, "batch", HEADS, "s1", "s2"));
      }
    },
    SCORES_READ_ELSEWHERE("read elsewhere") {
      @Override
      void build(AttentionGraph a) {
        Fused.SCALED_BY_DIVISION.build(a);
        a.graph.addOutput(value("scaled", DataType.FLOAT, "batch", HEADS, "s1", "s2"));
      }
    },
    MASKED_BEFORE_SCALING("stands between") {
      @Override
      void build(AttentionGraph a) {
        a.graph.addInput(value("m", DataType.FLOAT, "batch", 1, 1, "sequence"));
        String scores = a.add(node("MatMul", "s", a.query(), a.key()));
        String masked = a.add(node("Add", "masked", scores, "m"));
        a.finish(a.softmax(a.scaled(masked)), a.values());
      }
    },
    CLIPPED_SCORES("stands between") {
      @Override
      void build(AttentionGraph a) {
        String scores = a.add(node("MatMul", "s", a.query(), a.key()));
        a.finish(a.softmax(a.add(node("Tanh", "clipped", scores))), a.values());
      }
    },
    KEY_WITH_A_PAST("not a product split into heads") {
      @Override
      void build(AttentionGraph a) {
        a.graph.addInput(value("past", DataType.FLOAT, "batch", HEADS, 4, "sequence"));
        NodeProto.Builder all = node("Concat", "keys", "past", a.key());
        a.add(all.addAttribute(attribute("axis", 3)));
        String values = a.values();
        NodeProto.Builder twice = node("Concat", "both", values, values);
        a.add(twice.addAttribute(attribute("axis", 2)));
        a.finish(a.softmax(a.add(node("MatMul", "s", a.query(), "keys"))), "both");
      }
    },
    MASK_OF_A_FIXED_BATCH("not [1 or batch") {
      @Override
      void build(AttentionGraph a) {
        a.graph.addInput(value("m", DataType.FLOAT, 2, 1, 1, "sequence"));
        Fused.masked(a, "m");
      }
    },
    KEY_OF_ANOTHER_BATCH("of the same batch") {
      @Override
      void build(AttentionGraph a) {
        a.graph.addInput(value("z", DataType.FLOAT, "another", "sequence", WIDTH));
        String key = a.heads(a.linear("k", "z"), SPLIT_KEY, 0, 0, HEADS, 4);
        a.finish(a.softmax(a.add(node("MatMul", "s", a.query(), key))), a.values());
      }
    },
    HEADS_SPLIT_ACROSS_TOKENS("not provably [batch, length") {
      @Override
      void build(AttentionGraph a) {
        String query = a.heads(a.linear("q", "x"), SPLIT, 0, -1, HEADS, 2);
        String key = a.heads(a.linear("k", "x"), SPLIT_KEY, 0, -1, HEADS, 2);
        String values = a.heads(a.linear("v", "x"), SPLIT, 0, -1, HEADS, 2);
        a.finish(a.softmax(a.add(node("MatMul", "s", query, key))), values);
      }
    },
    DOUBLE_PRECISION("fp32") {
      @Override
      AttentionGraph graph() {
        return new AttentionGraph(DataType.DOUBLE);
      }

      @Override
      void build(AttentionGraph a) {
        String scores = a.add(node("MatMul", "s", a.query(), a.key()));
        a.finish(a.softmax(scores), a.values());
      }
    };

    private final String reason;

    Kept(String reason) {
      this.reason = reason;
    }

    AttentionGraph graph() {
      return new AttentionGraph();
    }

    long opset() {
      return 17;
    }

    abstract void build(AttentionGraph a);
  }

  @ParameterizedTest
  @EnumSource(Kept.class)
  void staysWithAReason(Kept kind) throws Exception {
    AttentionGraph graph = kind.graph();
    kind.build(graph);
    ModelProto.Builder proto = Graphs.model(graph.graph).toBuilder();
    proto.getOpsetImportBuilder(0).setVersion(kind.opset());
    OnnxModel model = new Models(directory).read(proto.build());
    List<AttentionFinding> findings = FuseAttentionPass.findings(model);
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().obstacle().orElse("fused")).contains(kind.reason);
    PassResult result = new FuseAttentionPass().apply(model);
    assertThat(result.changed()).isFalse();
    assertThat(result.model()).isSameAs(model);
  }

  @Test
  void expandsAMaskOnceForAllAttentions() throws Exception {
    AttentionGraph graph = new AttentionGraph();
    Fused.MASKED_PER_SENTENCE.build(graph);
    AttentionGraph second = new AttentionGraph();
    Fused.MASKED_PER_SENTENCE.build(second);
    second.graph.getNodeList().forEach(n -> graph.graph.addNode(renamed(n)));
    second
        .graph
        .getInitializerList()
        .forEach(t -> graph.graph.addInitializer(t.toBuilder().setName("b_" + t.getName())));
    graph.graph.addOutput(value("b_y", DataType.FLOAT, "batch", "sequence", WIDTH));
    Models models = new Models(directory);
    OnnxModel model = models.read(Graphs.model(graph.graph));
    OnnxModel fused = new FuseAttentionPass().apply(model).model();
    assertThat(FuseAttentionPass.findings(model))
        .extracting(AttentionFinding::obstacle)
        .containsExactly(Optional.empty(), Optional.empty());
    assertThat(fused.proto().getGraph().getNodeList())
        .extracting(NodeProto::getOpType)
        .containsOnlyOnce("Expand");
    assertThat(models.parity(model, fused).maxRelative()).isLessThan(TOLERANCE);
  }

  private static NodeProto renamed(NodeProto node) {
    NodeProto.Builder renamed = node.toBuilder().setName("b_" + node.getName()).clearInput();
    node.getInputList()
        .forEach(i -> renamed.addInput(i.equals("x") || i.equals("m") ? i : "b_" + i));
    return renamed.setOutput(0, "b_" + node.getOutput(0)).build();
  }
}
