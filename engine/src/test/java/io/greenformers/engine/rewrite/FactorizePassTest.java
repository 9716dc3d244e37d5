package io.greenformers.engine.rewrite;

import static io.greenformers.engine.graphs.Graphs.attribute;
import static io.greenformers.engine.graphs.Graphs.node;
import static io.greenformers.engine.graphs.Graphs.tensor;
import static io.greenformers.engine.graphs.Graphs.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.greenformers.core.linalg.SvdSolver;
import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.ModelFiles;
import io.greenformers.core.onnx.ModelReader;
import io.greenformers.core.onnx.ModelWriter;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.ModelProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.onnx.proto.TensorProto;
import io.greenformers.core.rewrite.FactorSource;
import io.greenformers.core.rewrite.FactorSource.FullRank;
import io.greenformers.core.rewrite.FactorizePass;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteFinder;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.engine.data.RandomInputs;
import io.greenformers.engine.evaluation.Parity;
import io.greenformers.engine.graphs.Graphs;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way to use a weight × every kind of weight: structure, loading, parity, truncation. */
final class FactorizePassTest {
  /** fp32 products in another order; of the largest magnitude of an output. */
  private static final double TOLERANCE = 1e-4;

  /** Factors rounded to ten bits of mantissa. */
  private static final double HALF_TOLERANCE = 2e-2;

  private static final int BATCH = 3;
  private static final int SEQUENCE = 5;

  @TempDir Path directory;

  /** A graph around a weight [m, n] that is called W. */
  enum Around {
    MATMUL_RIGHT {
      @Override
      GraphProto.Builder graph(Weights w) {
        return one(w, FLOAT, node("MatMul", "y", "x", "W"))
            .addInput(value("x", FLOAT, "batch", "sequence", w.rows()))
            .addOutput(value("y", FLOAT, "batch", "sequence", w.columns()));
      }
    },
    MATMUL_LEFT {
      @Override
      GraphProto.Builder graph(Weights w) {
        return one(w, FLOAT, node("MatMul", "y", "W", "x"))
            .addInput(value("x", FLOAT, "batch", w.columns(), "sequence"))
            .addOutput(value("y", FLOAT, "batch", w.rows(), "sequence"));
      }
    },
    GEMM_RIGHT {
      @Override
      GraphProto.Builder graph(Weights w) {
        return one(w, FLOAT, scaled(node("Gemm", "y", "x", "W", "c")))
            .addInitializer(ramp("c", w.columns()))
            .addInput(value("x", FLOAT, "batch", w.rows()))
            .addOutput(value("y", FLOAT, "batch", w.columns()));
      }
    },
    GEMM_RIGHT_OF_TRANSPOSED {
      @Override
      GraphProto.Builder graph(Weights w) {
        return one(
                w, FLOAT, scaled(node("Gemm", "y", "x", "W")).addAttribute(attribute("transA", 1)))
            .addInput(value("x", FLOAT, w.rows(), "batch"))
            .addOutput(value("y", FLOAT, "batch", w.columns()));
      }
    },
    GEMM_RIGHT_TRANSPOSED {
      @Override
      GraphProto.Builder graph(Weights w) {
        return one(
                w,
                FLOAT,
                scaled(node("Gemm", "y", "x", "W", "c")).addAttribute(attribute("transB", 1)))
            .addInitializer(ramp("c", w.rows()))
            .addInput(value("x", FLOAT, "batch", w.columns()))
            .addOutput(value("y", FLOAT, "batch", w.rows()));
      }
    },
    GEMM_LEFT {
      @Override
      GraphProto.Builder graph(Weights w) {
        return one(w, FLOAT, scaled(node("Gemm", "y", "W", "x")))
            .addInput(value("x", FLOAT, w.columns(), "sequence"))
            .addOutput(value("y", FLOAT, w.rows(), "sequence"));
      }
    },
    GEMM_LEFT_TRANSPOSED {
      @Override
      GraphProto.Builder graph(Weights w) {
        return one(
                w, FLOAT, scaled(node("Gemm", "y", "W", "x")).addAttribute(attribute("transA", 1)))
            .addInput(value("x", FLOAT, w.rows(), "sequence"))
            .addOutput(value("y", FLOAT, w.columns(), "sequence"));
      }
    },
    GATHER {
      @Override
      GraphProto.Builder graph(Weights w) {
        return one(w, FLOAT, node("Gather", "y", "W", "ids"))
            .addInput(value("ids", DataType.INT64, "batch", "sequence"))
            .addOutput(value("y", FLOAT, "batch", "sequence", w.columns()));
      }
    },
    TIED {
      @Override
      GraphProto.Builder graph(Weights w) {
        return one(w, FLOAT, node("Gather", "rows", "W", "ids"))
            .addNode(node("Transpose", "Wt", "W").addAttribute(attribute("perm", List.of(1L, 0L))))
            .addNode(node("MatMul", "y", "rows", "Wt"))
            .addInput(value("ids", DataType.INT64, "batch", "sequence"))
            .addOutput(value("y", FLOAT, "batch", "sequence", w.rows()));
      }
    },
    CONSTANT_NODE {
      @Override
      GraphProto.Builder graph(Weights w) {
        return GraphProto.newBuilder()
            .addNode(node("Constant", "W").addAttribute(attribute("value", weight(w, FLOAT))))
            .addNode(node("MatMul", "y", "x", "W"))
            .addInput(value("x", FLOAT, "batch", w.rows()))
            .addOutput(value("y", FLOAT, "batch", w.columns()));
      }
    },
    IDENTITY_AND_TRANSPOSE {
      @Override
      GraphProto.Builder graph(Weights w) {
        return one(w, FLOAT, node("Identity", "same", "W"))
            .addNode(node("Transpose", "Wt", "same"))
            .addNode(node("MatMul", "y", "x", "Wt"))
            .addInput(value("x", FLOAT, "batch", w.columns()))
            .addOutput(value("y", FLOAT, "batch", w.rows()));
      }
    },
    CAST {
      @Override
      GraphProto.Builder graph(Weights w) {
        return one(w, DataType.FLOAT16, node("Cast", "W32", "W").addAttribute(attribute("to", 1)))
            .addNode(node("MatMul", "y", "x", "W32"))
            .addInput(value("x", FLOAT, "batch", w.rows()))
            .addOutput(value("y", FLOAT, "batch", w.columns()));
      }
    },
    DOUBLE_PRECISION {
      @Override
      GraphProto.Builder graph(Weights w) {
        return one(w, DataType.DOUBLE, node("MatMul", "y", "x", "W"))
            .addInput(value("x", DataType.DOUBLE, "batch", w.rows()))
            .addOutput(value("y", DataType.DOUBLE, "batch", w.columns()));
      }
    },
    HALF_PRECISION {
      @Override
      GraphProto.Builder graph(Weights w) {
        return one(w, DataType.FLOAT16, node("MatMul", "y", "x", "W"))
            .addInput(value("x", DataType.FLOAT16, "batch", w.rows()))
            .addOutput(value("y", DataType.FLOAT16, "batch", w.columns()));
      }
    },
    POINTWISE_CONV {
      @Override
      GraphProto.Builder graph(Weights w) {
        return conv(w, 1);
      }
    },
    CONV {
      @Override
      GraphProto.Builder graph(Weights w) {
        return conv(w, w.columns() % 2 == 0 ? 2 : 3);
      }
    },
    SUBGRAPH {
      @Override
      GraphProto.Builder graph(Weights w) {
        GraphProto.Builder then =
            GraphProto.newBuilder()
                .addNode(node("MatMul", "inner", "x", "W"))
                .addOutput(value("inner", FLOAT, "batch", w.columns()));
        GraphProto.Builder otherwise =
            GraphProto.newBuilder()
                .addNode(node("MatMul", "product", "x", "W"))
                .addNode(node("Neg", "negative", "product"))
                .addOutput(value("negative", FLOAT, "batch", w.columns()));
        return one(
                w,
                FLOAT,
                node("If", "y", "mask")
                    .addAttribute(attribute("then_branch", then))
                    .addAttribute(attribute("else_branch", otherwise)))
            .addInput(value("x", FLOAT, "batch", w.rows()))
            .addInput(value("mask", DataType.BOOL))
            .addOutput(value("y", FLOAT, "batch", w.columns()));
      }
    };

    private static final DataType FLOAT = DataType.FLOAT;

    abstract GraphProto.Builder graph(Weights w);

    static TensorProto weight(Weights w, DataType type) {
      return tensor("W", type, List.of((long) w.rows(), (long) w.columns()), w.elements());
    }

    private static GraphProto.Builder one(Weights w, DataType type, NodeProto.Builder node) {
      return GraphProto.newBuilder().addInitializer(weight(w, type)).addNode(node);
    }

    private static GraphProto.Builder conv(Weights w, int kernel) {
      int channels = w.columns() / kernel;
      return GraphProto.newBuilder()
          .addInitializer(
              tensor(
                  "W",
                  FLOAT,
                  List.of((long) w.rows(), (long) channels, (long) kernel),
                  w.elements()))
          .addInitializer(ramp("b", w.rows()))
          .addNode(
              node("Conv", "y", "x", "W", "b")
                  .addAttribute(attribute("pads", List.of(1L, 2L)))
                  .addAttribute(attribute("strides", List.of(2L)))
                  .addAttribute(attribute("dilations", List.of(2L))))
          .addInput(value("x", FLOAT, "batch", channels, "sequence"))
          .addOutput(value("y", FLOAT, "batch", w.rows(), "length"));
    }

    private static NodeProto.Builder scaled(NodeProto.Builder gemm) {
      return gemm.addAttribute(attribute("alpha", 0.5f)).addAttribute(attribute("beta", 2f));
    }

    private static TensorProto ramp(String name, int length) {
      double[] values = new double[length];
      for (int i = 0; i < length; i++) {
        values[i] = i - 2;
      }
      return tensor(name, FLOAT, List.of((long) length), values);
    }
  }

  static Stream<Arguments> everyUseOfEveryWeight() {
    return Stream.of(Around.values())
        .flatMap(around -> Stream.of(Weights.values()).map(w -> Arguments.of(around, w)));
  }

  @ParameterizedTest
  @MethodSource("everyUseOfEveryWeight")
  void isTheSameFunctionAtFullRank(Around around, Weights w) throws Exception {
    ModelProto before = Graphs.model(around.graph(w));
    OnnxModel model = read(before);
    GraphIndex index = GraphIndex.of(model);
    Site site = onlySite(model, index);
    assertThat(site.parameters()).isEqualTo((long) w.rows() * w.columns());
    FactorSource source = new FactorSource(model.weights(), SvdSolver.best());
    OnnxModel after =
        new FactorizePass(index, Map.of(site, source.decompose(site).factors()))
            .apply(model)
            .model();

    assertStructure(before, after.proto(), site.fullRank(), around);
    Parity parity = parity(index, model, after);
    boolean half = site.type() == DataType.FLOAT16;
    assertThat(parity.maxRelative()).isLessThanOrEqualTo(half ? HALF_TOLERANCE : TOLERANCE);
  }

  /** The oracle: the untouched graph, with left·right multiplied out in place of the weight. */
  @ParameterizedTest
  @MethodSource("everyUseOfEveryWeight")
  void isTheDenseModelOfTheProductWhenTruncated(Around around, Weights w) throws Exception {
    ModelProto before = Graphs.model(around.graph(w));
    OnnxModel model = read(before);
    GraphIndex index = GraphIndex.of(model);
    Site site = onlySite(model, index);
    FactorSource source = new FactorSource(model.weights(), SvdSolver.best());
    FullRank full = source.decompose(site);
    Factors truncated = source.truncate(site, full, 3);
    OnnxModel after = new FactorizePass(index, Map.of(site, truncated)).apply(model).model();

    OnnxModel dense = read(withWeight(before, product(model, truncated, site)));
    assertStructure(before, after.proto(), 3, around);
    boolean half = site.type() == DataType.FLOAT16;
    assertThat(parity(index, dense, after).maxRelative())
        .isLessThanOrEqualTo(half ? HALF_TOLERANCE : TOLERANCE);
  }

  @Test
  void leavesAGroupedConvolutionAlone() throws Exception {
    GraphProto.Builder graph = Around.POINTWISE_CONV.graph(Weights.SQUARE);
    graph.getNodeBuilder(0).addAttribute(attribute("group", 1));
    assertThat(sites(graph)).hasSize(1);
    GraphProto.Builder grouped =
        GraphProto.newBuilder()
            .addInitializer(tensor("W", DataType.FLOAT, List.of(4L, 2L, 1L), new double[8]))
            .addNode(node("Conv", "y", "x", "W").addAttribute(attribute("group", 2)))
            .addInput(value("x", DataType.FLOAT, "batch", 4, "sequence"))
            .addOutput(value("y", DataType.FLOAT, "batch", 4, "sequence"));
    assertThat(sites(grouped)).isEmpty();
  }

  @Test
  void keepsAWeightThatCallersMayOverride() throws Exception {
    GraphProto.Builder graph = Around.MATMUL_RIGHT.graph(Weights.SQUARE);
    graph.addInput(value("W", DataType.FLOAT, 12, 12));
    assertObstacle(graph, "override");
  }

  @Test
  void keepsAWeightThatIsAnOutput() throws Exception {
    GraphProto.Builder graph = Around.MATMUL_RIGHT.graph(Weights.SQUARE);
    graph.addOutput(value("W", DataType.FLOAT, 12, 12));
    assertObstacle(graph, "output");
  }

  @Test
  void keepsAWeightThatAnotherNodeNeedsWhole() throws Exception {
    GraphProto.Builder graph = Around.MATMUL_RIGHT.graph(Weights.SQUARE);
    graph.addNode(node("ReduceSum", "sum", "W")).addOutput(value("sum", DataType.FLOAT, 1, 1));
    assertObstacle(graph, "needs it whole");
  }

  @Test
  void keepsTheProductOfTwoConstants() throws Exception {
    GraphProto.Builder graph = Around.MATMUL_RIGHT.graph(Weights.SQUARE);
    graph.addInitializer(tensor("V", DataType.FLOAT, List.of(2L, 12L), new double[24]));
    graph.addNode(node("MatMul", "z", "V", "W")).addOutput(value("z", DataType.FLOAT, 2, 12));
    assertObstacle(graph, "another constant");
  }

  @Test
  void findsNoSiteInVectorsAndStacksOfMatrices() throws Exception {
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .addInitializer(tensor("v", DataType.FLOAT, List.of(4L), new double[4]))
            .addInitializer(tensor("S", DataType.FLOAT, List.of(2L, 4L, 4L), new double[32]))
            .addNode(node("MatMul", "a", "x", "S"))
            .addNode(node("MatMul", "y", "a", "v"))
            .addInput(value("x", DataType.FLOAT, 2, "sequence", 4))
            .addOutput(value("y", DataType.FLOAT, 2, "sequence"));
    assertThat(sites(graph)).isEmpty();
  }

  @Test
  void nothingToDoChangesNothing() throws Exception {
    OnnxModel model = read(Graphs.model(Around.MATMUL_RIGHT.graph(Weights.WIDE)));
    var result = new FactorizePass(GraphIndex.of(model), Map.of()).apply(model);
    assertThat(result.changed()).isFalse();
    assertThat(result.model()).isSameAs(model);
  }

  private void assertObstacle(GraphProto.Builder graph, String reason) throws IOException {
    OnnxModel model = read(Graphs.model(graph));
    GraphIndex index = GraphIndex.of(model);
    Site site = onlySite(model, index);
    assertThat(site.obstacle().orElse("none")).contains(reason);
    Factors factors =
        new Factors(
            tensor("l", DataType.FLOAT, List.of(12L, 1L), new double[12]),
            tensor("r", DataType.FLOAT, List.of(1L, 12L), new double[12]));
    FactorizePass pass = new FactorizePass(index, Map.of(site, factors));
    assertThatThrownBy(() -> pass.apply(model)).isInstanceOf(IllegalArgumentException.class);
  }

  private static void assertStructure(
      ModelProto before, ModelProto after, int rank, Around around) {
    GraphProto graph = after.getGraph();
    assertThat(graph.getInputList()).isEqualTo(before.getGraph().getInputList());
    assertThat(graph.getOutputList()).isEqualTo(before.getGraph().getOutputList());
    assertThat(graph.getInitializerList()).extracting(TensorProto::getName).doesNotContain("W");
    assertThat(graph.getNodeList()).extracting(NodeProto::getOpType).doesNotContain("Constant");
    List<TensorProto> factors =
        graph.getInitializerList().stream().filter(t -> t.getName().startsWith("W")).toList();
    assertThat(factors).as("factors, once, of %s", around).hasSize(2);
    assertThat(factors).allMatch(f -> f.getDimsList().contains((long) rank));
    String last = before.getGraph().getNode(before.getGraph().getNodeCount() - 1).getName();
    assertThat(graph.getNodeList()).extracting(NodeProto::getName).contains(last);
  }

  private Parity parity(GraphIndex index, OnnxModel reference, OnnxModel other) throws IOException {
    Path first = write(reference);
    Path second = write(other);
    Parity parity = Parity.NONE;
    try (ModelSession expected = ModelSession.open(first, Optimization.NONE);
        ModelSession plain = ModelSession.open(second, Optimization.NONE);
        ModelSession optimised = ModelSession.open(second, Optimization.ALL)) {
      RandomInputs inputs = new RandomInputs(expected.inputs(), TokenBounds.of(index), 7);
      for (int batch : new int[] {1, BATCH}) {
        Map<String, Tensor> input = inputs.next(batch, SEQUENCE * batch);
        Map<String, Tensor> output = expected.run(input);
        parity = parity.with(output, plain.run(input)).with(output, optimised.run(input));
      }
    }
    return parity;
  }

  /** left·right in double precision, as the weight is stored. */
  private static double[] product(OnnxModel model, Factors factors, Site site) {
    TensorProto left = factors.left();
    TensorProto right = factors.right();
    int rows = (int) left.getDims(0);
    int rank = (int) left.getDims(1);
    int columns = (int) right.getDims(1);
    double[] product = new double[rows * columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        double sum = 0;
        for (int k = 0; k < rank; k++) {
          sum += at(model, left, i * rank + k) * at(model, right, k * columns + j);
        }
        product[site.allTransposed() ? j * rows + i : i * columns + j] = sum;
      }
    }
    return product;
  }

  private static double at(OnnxModel model, TensorProto tensor, int index) {
    return tensor.getDataType() == DataType.DOUBLE.number()
        ? model.weights().doubles(tensor)[index]
        : model.weights().floats(tensor)[index];
  }

  private static ModelProto withWeight(ModelProto model, double[] values) {
    ModelProto.Builder changed = model.toBuilder();
    GraphProto.Builder graph = changed.getGraphBuilder();
    for (TensorProto.Builder tensor : graph.getInitializerBuilderList()) {
      if (tensor.getName().equals("W")) {
        replace(tensor, values);
      }
    }
    NodeProto.Builder first = graph.getNodeBuilder(0);
    if (first.getOpType().equals("Constant")) {
      replace(first.getAttributeBuilder(0).getTBuilder(), values);
    }
    return changed.build();
  }

  private static void replace(TensorProto.Builder weight, double[] values) {
    DataType type = DataType.of(weight.getDataType()).orElseThrow();
    TensorProto other = tensor("W", type, weight.getDimsList(), values);
    weight.clear().mergeFrom(other);
  }

  private static Site onlySite(OnnxModel model, GraphIndex index) {
    return SiteFinder.find(model, index).stream()
        .filter(s -> s.weight().name().equals("W"))
        .findFirst()
        .orElseThrow();
  }

  private List<Site> sites(GraphProto.Builder graph) throws IOException {
    OnnxModel model = read(Graphs.model(graph));
    return SiteFinder.find(model, GraphIndex.of(model));
  }

  private OnnxModel read(ModelProto model) throws IOException {
    Path file = Files.createTempFile(directory, "model", ".onnx");
    Files.write(file, model.toByteArray());
    return ModelReader.read(ModelFiles.of(file), directory);
  }

  private Path write(OnnxModel model) throws IOException {
    Path written = Files.createTempDirectory(directory, "written");
    return ModelWriter.write(model, written, "model.onnx").model();
  }
}
