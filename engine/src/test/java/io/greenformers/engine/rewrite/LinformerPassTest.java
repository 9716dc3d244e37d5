package io.greenformers.engine.rewrite;

import static io.greenformers.engine.graphs.Graphs.attribute;
import static io.greenformers.engine.graphs.Graphs.node;
import static io.greenformers.engine.graphs.Graphs.value;
import static io.greenformers.engine.rewrite.AttentionGraph.HEADS;
import static io.greenformers.engine.rewrite.AttentionGraph.WIDTH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.rewrite.AttentionFinding;
import io.greenformers.core.rewrite.FuseAttentionPass;
import io.greenformers.core.rewrite.LinformerPass;
import io.greenformers.core.rewrite.PassResult;
import io.greenformers.engine.evaluation.Parity;
import io.greenformers.engine.graphs.Graphs;
import io.greenformers.engine.runtime.ElementType;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes Linformer, when that changes nothing, and what must stay. */
final class LinformerPassTest {
  private static final double TOLERANCE = 1e-5;
  private static final int MORE_THAN_ANY_LENGTH = 1000;

  @TempDir Path directory;

  /** Attentions that are the same for every query. */
  enum Turned {
    UNMASKED {
      @Override
      void build(AttentionGraph a) {
        attention(a, a.scaled(scores(a)));
      }
    },
    MASKED {
      @Override
      void build(AttentionGraph a) {
        a.graph.addInput(value("m", DataType.FLOAT, "batch", 1, 1, "sequence"));
        attention(a, a.add(node("Add", "masked", a.scaled(scores(a)), "m")));
      }
    },
    MASK_WHOSE_AXES_HAVE_NAMES_OF_THEIR_OWN {
      @Override
      void build(AttentionGraph a) {
        a.graph.addInput(value("m", DataType.FLOAT, "m_axis_1", 1, 1, "m_axis_2"));
        attention(a, a.add(node("Add", "masked", a.scaled(scores(a)), "m")));
      }
    },
    MASKED_TWICE {
      @Override
      void build(AttentionGraph a) {
        a.graph.addInput(value("m", DataType.FLOAT, "batch", 1, 1, "sequence"));
        a.graph.addInput(value("p", DataType.FLOAT, 1, 1, 1, "sequence"));
        String once = a.add(node("Add", "once", a.scaled(scores(a)), "m"));
        attention(a, a.add(node("Add", "twice", once, "p")));
      }
    },
    MASK_EXPANDED_TO_ALL_QUERIES {
      @Override
      void build(AttentionGraph a) {
        a.graph.addInput(value("m", DataType.FLOAT, "batch", 1, 1, "sequence"));
        a.add(node("Shape", "shape", "x"));
        a.add(node("Gather", "batch", "shape", a.integers("i0", 0)));
        a.add(node("Gather", "length", "shape", a.integers("i1", 1)));
        NodeProto.Builder concat = node("Concat", "whole", "batch", "i1", "length", "length");
        a.add(concat.addAttribute(attribute("axis", 0)));
        String expanded = a.add(node("Expand", "expanded", "m", "whole"));
        String twice = a.add(node("Mul", "twice", expanded, a.constant("two", 2)));
        attention(a, a.add(node("Add", "masked", a.scaled(scores(a)), twice)));
      }
    },
    VALUES_WITHOUT_A_BIAS {
      @Override
      void build(AttentionGraph a) {
        String product = a.add(node("MatMul", "v", "x", a.weight("v_w", WIDTH, WIDTH)));
        String values = a.heads(product, AttentionGraph.SPLIT, 0, 0, HEADS, 4);
        a.finish(a.softmax(a.scaled(scores(a))), values);
      }
    },
    ROTATED_BY_POSITIONS {
      @Override
      void build(AttentionGraph a) {
        String angles =
            a.add(node("Mul", "angles", a.places(), a.weight("frequencies", 1, 1, 1, 4)));
        a.add(node("Cos", "cos", angles));
        a.add(node("Sin", "sin", angles));
        String key = rotated(a, a.heads(a.linear("k", "x"), AttentionGraph.SPLIT, 0, 0, HEADS, 4));
        String turned = a.transposed(key, List.of(0L, 1L, 3L, 2L));
        String scores = a.add(node("MatMul", "s", rotated(a, a.query()), turned));
        a.graph.addInput(value("m", DataType.FLOAT, "batch", 1, 1, "sequence"));
        attention(a, a.add(node("Add", "masked", a.scaled(scores), "m")));
      }

      // x·cos + (−x₂, x₁)·sin
      private static String rotated(AttentionGraph a, String x) {
        String[] halves = {x + "_1", x + "_2"};
        for (int i = 0; i < 2; i++) {
          a.add(
              node(
                  "Slice",
                  halves[i],
                  x,
                  a.integers(x + "_from" + i, 2L * i),
                  a.integers(x + "_to" + i, 2L * i + 2),
                  a.integers(x + "_axis" + i, 3)));
        }
        String negative = a.add(node("Neg", x + "_neg", halves[1]));
        String other =
            a.add(
                node("Concat", x + "_other", negative, halves[0])
                    .addAttribute(attribute("axis", 3)));
        String first = a.add(node("Mul", x + "_cos", x, "cos"));
        String second = a.add(node("Mul", x + "_sin", other, "sin"));
        return a.add(node("Add", x + "_rotated", first, second));
      }
    },
    BIASED_BY_DISTANCES_AND_MASKED_AS_ONE_TERM {
      @Override
      void build(AttentionGraph a) {
        String bias = a.add(node("Mul", "alibi", distances(a), a.weight("slopes", 1, HEADS, 1, 1)));
        a.graph.addInput(value("m", DataType.FLOAT, "batch", 1, 1, "sequence"));
        String term = a.add(node("Add", "term", bias, "m"));
        attention(a, a.add(node("Add", "masked", a.scaled(scores(a)), term)));
      }
    },
    BIASED_BY_A_TABLE {
      @Override
      void build(AttentionGraph a) {
        String distance =
            a.add(node("Cast", "buckets", distances(a)).addAttribute(attribute("to", 7)));
        String cube = a.add(node("Gather", "cube", distance, "first"));
        String square = a.add(node("Gather", "square", cube, "first"));
        String rows = a.add(node("Gather", "rows", a.weight("table", 64, HEADS), square));
        String heads = a.transposed(rows, List.of(2L, 0L, 1L));
        attention(a, a.add(node("Add", "biased", a.scaled(scores(a)), heads)));
      }
    },
    KEYS_READ_ELSEWHERE_TOO {
      @Override
      void build(AttentionGraph a) {
        attention(a, a.scaled(scores(a)));
        a.graph.addOutput(value("k", DataType.FLOAT, "batch", "sequence", WIDTH));
      }
    };

    /** [1, 1, sequence, sequence]: |i − j|. */
    static String distances(AttentionGraph a) {
      String places = a.places();
      String turned = a.transposed(places, List.of(0L, 1L, 3L, 2L));
      return a.add(node("Abs", "distances", a.add(node("Sub", "differences", places, turned))));
    }

    static String scores(AttentionGraph a) {
      return a.add(node("MatMul", "s", a.query(), a.key()));
    }

    static void attention(AttentionGraph a, String scores) {
      a.finish(a.softmax(scores), a.values());
    }

    abstract void build(AttentionGraph a);
  }

  private OnnxModel model(Turned kind, long opset) throws Exception {
    AttentionGraph graph = new AttentionGraph();
    kind.build(graph);
    ModelProto.Builder proto = Graphs.model(graph.graph).toBuilder();
    proto.getOpsetImportBuilder(0).setVersion(opset);
    return new Models(directory).read(proto.build());
  }

  private OnnxModel linformer(OnnxModel model, int places) {
    PassResult result = new LinformerPass(places).apply(model);
    assertThat(result.changed()).isTrue();
    return result.model();
  }

  /** The exact case proves the rewrite: one place each. */
  @ParameterizedTest
  @EnumSource(Turned.class)
  void changesNothingUpToItsPlaces(Turned kind) throws Exception {
    for (long opset : new long[] {11, 12, 17}) {
      OnnxModel model = model(kind, opset);
      OnnxModel turned = linformer(model, MORE_THAN_ANY_LENGTH);
      Models models = new Models(directory);
      assertThat(models.parity(model, turned).maxRelative()).isLessThan(TOLERANCE);
      OnnxModel fused = new FuseAttentionPass().apply(turned).model();
      assertThat(models.parity(model, fused).maxRelative()).isLessThan(TOLERANCE);
    }
  }

  /** Equal places attend as one of their number: the oracle of pooling, log of counts included. */
  @ParameterizedTest
  @CsvSource({"8, 4", "7, 3", "5, 4", "9, 1"})
  void isExactWhereThePlacesOfASegmentAreEqual(int length, int places) throws Exception {
    IntUnaryOperator segment = place -> place * Math.min(places, length) / length;
    Map<String, Tensor> inputs = new HashMap<>();
    inputs.put("x", rows(2, length, segment));
    inputs.put("m", mask(length, place -> place == 0 ? -10_000 : 0));
    for (Turned kind : new Turned[] {Turned.UNMASKED, Turned.MASKED}) {
      Map<String, Tensor> read = new HashMap<>(inputs);
      if (kind == Turned.UNMASKED) {
        read.remove("m");
      }
      OnnxModel model = model(kind, 17);
      assertThat(difference(model, linformer(model, places), read)).isLessThan(TOLERANCE);
    }
  }

  @Test
  void ignoresPaddingWhateverItHolds() throws Exception {
    OnnxModel turned = linformer(model(Turned.MASKED, 17), 3);
    Tensor mask = mask(8, place -> place < 5 ? 0 : -3.4e38f);
    Map<String, Tensor> some = Map.of("x", rows(2, 8, place -> place), "m", mask);
    Map<String, Tensor> other =
        Map.of("x", rows(2, 8, place -> place < 5 ? place : 90 + place), "m", mask);
    Path file = new Models(directory).write(turned);
    try (ModelSession session = ModelSession.open(file, Optimization.ALL)) {
      Tensor first = Objects.requireNonNull(session.run(some).get("y"));
      Tensor second = Objects.requireNonNull(session.run(other).get("y"));
      for (int place = 0; place < 5 * WIDTH; place++) {
        assertThat(second.get(place)).isEqualTo(first.get(place));
      }
    }
  }

  @Test
  void approximatesBeyondItsPlaces() throws Exception {
    OnnxModel model = model(Turned.UNMASKED, 17);
    Map<String, Tensor> inputs = Map.of("x", rows(1, 12, place -> place));
    double coarse = difference(model, linformer(model, 2), inputs);
    double fine = difference(model, linformer(model, 11), inputs);
    assertThat(fine).isPositive().isLessThan(coarse);
  }

  @Test
  void projectsPooledPlacesOnceForKeysAndValues() throws Exception {
    OnnxModel turned = linformer(model(Turned.MASKED, 17), 4);
    List<NodeProto> nodes = turned.proto().getGraph().getNodeList();
    String pooled =
        nodes.stream()
            .filter(n -> n.getInputList().contains("k_w"))
            .map(n -> n.getInput(0))
            .findFirst()
            .orElseThrow();
    assertThat(nodes)
        .filteredOn(n -> n.getInputList().contains(pooled))
        .extracting(n -> n.getInput(1))
        .containsExactlyInAnyOrder("k_w", "v_w");
    assertThat(nodes).extracting(NodeProto::getName).doesNotHaveDuplicates();
  }

  /** What is added to scores, and shuts places out for some queries or heads only. */
  enum Left {
    GIVEN_FOR_EACH_QUERY {
      @Override
      String build(AttentionGraph a) {
        a.graph.addInput(value("m", DataType.FLOAT, "batch", 1, "sequence", "sequence"));
        return "m";
      }
    },
    GIVEN_FOR_EACH_HEAD {
      @Override
      String build(AttentionGraph a) {
        a.graph.addInput(value("m", DataType.FLOAT, 1, HEADS, 1, "sequence"));
        return "m";
      }
    },
    CHOSEN_BY_A_COMPARISON {
      @Override
      String build(AttentionGraph a) {
        return a.add(
            node("Where", "m", isLater(a), a.constant("low", -1000), a.constant("zero", 0)));
      }
    },
    TIMES_A_COMPARISON {
      @Override
      String build(AttentionGraph a) {
        String late = a.add(node("Cast", "late", isLater(a)).addAttribute(attribute("to", 1)));
        return a.add(node("Mul", "m", late, a.constant("low", -1000)));
      }
    },
    CUT_FROM_A_TABLE_OF_TWO_VALUES {
      @Override
      String build(AttentionGraph a) {
        double[] table = new double[64];
        for (int i = 0; i < 64; i++) {
          table[i] = i % 8 > i / 8 ? -1000 : 0;
        }
        a.graph.addInitializer(Graphs.tensor("table", DataType.FLOAT, List.of(8L, 8L), table));
        a.add(node("Shape", "shape", "x"));
        a.add(node("Gather", "n", "shape", a.integers("i1", 1)));
        String ends = a.add(node("Concat", "ends", "n", "n").addAttribute(attribute("axis", 0)));
        return a.add(
            node("Slice", "m", "table", a.integers("from", 0, 0), ends, a.integers("both", 0, 1)));
      }
    };

    static String isLater(AttentionGraph a) {
      String places = a.places();
      String turned = a.transposed(places, List.of(0L, 1L, 3L, 2L));
      return a.add(node("Less", "is_later", places, turned));
    }

    abstract String build(AttentionGraph a);
  }

  @ParameterizedTest
  @EnumSource(Left.class)
  void leavesWhatDiffersFromQueryToQueryOrHeadToHead(Left kind) throws Exception {
    AttentionGraph graph = new AttentionGraph();
    String term = kind.build(graph);
    Turned.attention(
        graph, graph.add(node("Add", "masked", graph.scaled(Turned.scores(graph)), term)));
    OnnxModel model = new Models(directory).read(Graphs.model(graph.graph));
    assertThat(LinformerPass.findings(model))
        .extracting(AttentionFinding::obstacle)
        .singleElement()
        .extracting(Optional::orElseThrow)
        .asString()
        .contains("'m', which is added to its scores");
    assertThat(new LinformerPass(4).apply(model).model()).isSameAs(model);
  }

  /** 2⁴⁰ ways lead to the same value. */
  @ParameterizedTest
  @ValueSource(strings = {"Add", "Mul"})
  void looksOnceAtWhatIsSharedBetweenParts(String operator) throws Exception {
    AttentionGraph graph = new AttentionGraph();
    String term = Turned.distances(graph);
    for (int i = 0; i < 40; i++) {
      term = graph.add(node(operator, "twice" + i, term, term));
    }
    Turned.attention(graph, graph.add(node("Add", "masked", Turned.scores(graph), term)));
    OnnxModel model = new Models(directory).read(Graphs.model(graph.graph));
    assertThat(LinformerPass.findings(model).getFirst().obstacle()).isPresent();
  }

  @Test
  void leavesAttentionToAnotherSequence() throws Exception {
    AttentionGraph graph = new AttentionGraph();
    graph.graph.addInput(value("z", DataType.FLOAT, "batch", "other", WIDTH));
    String key = graph.heads(graph.linear("k", "z"), AttentionGraph.SPLIT_KEY, 0, 0, HEADS, 4);
    String values = graph.heads(graph.linear("v", "z"), AttentionGraph.SPLIT, 0, 0, HEADS, 4);
    graph.finish(graph.softmax(graph.add(node("MatMul", "s", graph.query(), key))), values);
    OnnxModel model = new Models(directory).read(Graphs.model(graph.graph));
    assertThat(LinformerPass.findings(model).getFirst().obstacle().orElseThrow())
        .contains("not provably of the same sequence");
  }

  @Test
  void needsALength() {
    assertThatThrownBy(() -> new LinformerPass(0)).hasMessageContaining("at least 1");
  }

  private double difference(OnnxModel model, OnnxModel other, Map<String, Tensor> inputs)
      throws Exception {
    Models models = new Models(directory);
    try (ModelSession first = ModelSession.open(models.write(model), Optimization.NONE);
        ModelSession second = ModelSession.open(models.write(other), Optimization.ALL)) {
      return Parity.NONE.with(first.run(inputs), second.run(inputs)).maxRelative();
    }
  }

  /** x [batch, length, width], where places with the same content are equal. */
  private static Tensor rows(int batch, int length, IntUnaryOperator content) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(batch * length * WIDTH * Float.BYTES)
            .order(ByteOrder.nativeOrder());
    for (int b = 0; b < batch; b++) {
      for (int place = 0; place < length; place++) {
        Random random = new Random(100L * b + content.applyAsInt(place));
        random.doubles(WIDTH, -1, 1).forEach(v -> bytes.putFloat((float) v));
      }
    }
    return new Tensor(
        ElementType.FLOAT, List.of((long) batch, (long) length, (long) WIDTH), bytes.flip());
  }

  private interface Added {
    float at(int place);
  }

  private static Tensor mask(int length, Added added) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(2 * length * Float.BYTES).order(ByteOrder.nativeOrder());
    for (int i = 0; i < 2 * length; i++) {
      bytes.putFloat(added.at(i % length));
    }
    return new Tensor(ElementType.FLOAT, List.of(2L, 1L, 1L, (long) length), bytes.flip());
  }
}
