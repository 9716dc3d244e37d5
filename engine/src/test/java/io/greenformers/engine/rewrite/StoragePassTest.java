package io.greenformers.engine.rewrite;

import static io.greenformers.engine.graphs.Graphs.node;
import static io.greenformers.engine.graphs.Graphs.tensor;
import static io.greenformers.engine.graphs.Graphs.value;
import static org.assertj.core.api.Assertions.assertThat;

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
import io.greenformers.core.rewrite.StorageDecision;
import io.greenformers.core.rewrite.StorageMode;
import io.greenformers.core.rewrite.StoragePass;
import io.greenformers.core.rewrite.StorageResult;
import io.greenformers.core.site.TokenBounds;
import io.greenformers.engine.data.RandomInputs;
import io.greenformers.engine.evaluation.Parity;
import io.greenformers.engine.graphs.Graphs;
import io.greenformers.engine.rewrite.FactorizePassTest.Around;
import io.greenformers.engine.runtime.ModelSession;
import io.greenformers.engine.runtime.ModelSession.Optimization;
import io.greenformers.engine.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every mode × every way to use a weight × every kind of weight. The oracle is the untouched graph
 * with a weight that was rounded by a naive implementation.
 */
final class StoragePassTest {
  /** fp32 products in another order; of the largest magnitude of an output. */
  private static final double TOLERANCE = 1e-4;

  /** Inputs in 255 steps over their range, which is some five standard deviations wide. */
  private static final double QUANTIZED_INPUT_TOLERANCE = 3e-2;

  /** Weights that are not fp32, or lie in a {@code Constant}. */
  private static final Set<Around> UNTOUCHED =
      EnumSet.of(Around.CONSTANT_NODE, Around.CAST, Around.DOUBLE_PRECISION, Around.HALF_PRECISION);

  /** Plain products of a computed value and a weight. */
  private static final Set<Around> PRODUCTS =
      EnumSet.of(Around.MATMUL_RIGHT, Around.TIED, Around.IDENTITY_AND_TRANSPOSE, Around.SUBGRAPH);

  @TempDir Path directory;

  static Stream<Arguments> everyModeOfEveryUse() {
    return Stream.of(StorageMode.values())
        .flatMap(mode ->
            Stream.of(Around.values())
                .flatMap(
                    around -> Stream.of(Weights.values()).map(w -> Arguments.of(mode, around, w))));
  }

  @ParameterizedTest
  @MethodSource("everyModeOfEveryUse")
  void computesWithTheRoundedWeight(StorageMode mode, Around around, Weights w) throws Exception {
    ModelProto before = Graphs.model(around.graph(w));
    OnnxModel model = read(before);
    StorageResult result = pass(model, mode).store(model);
    if (UNTOUCHED.contains(around)) {
      assertThat(result.decisions()).doesNotContainKey("W");
      return;
    }
    assertThat(result.decisions().get("W")).isInstanceOf(StorageDecision.Stored.class);
    assertStructure(before, result.model().proto(), mode, around);
    int axis = perRow(around) ? 0 : 1;
    OnnxModel rounded = read(withWeight(before, rounded(w, mode, axis)));
    boolean products = mode == StorageMode.INT8_DYNAMIC && PRODUCTS.contains(around);
    assertThat(parity(rounded, result.model()).maxRelative())
        .isLessThanOrEqualTo(products ? QUANTIZED_INPUT_TOLERANCE : TOLERANCE);
  }

  @ParameterizedTest
  @EnumSource(StorageMode.class)
  void leavesValuesThatAreNotFinite(StorageMode mode) throws Exception {
    for (double odd : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertLeft(mode, weightWith(odd), "NaN or infinite");
    }
  }

  @Test
  void leavesWhatFp16CannotHold() throws Exception {
    assertLeft(StorageMode.FP16, weightWith(65505), "largest fp16");
    double[] tiny = Weights.SQUARE.elements();
    for (int i = 0; i < tiny.length; i++) {
      tiny[i] *= 1e-30;
    }
    assertLeft(StorageMode.FP16, tiny, "digits");
    assertThat(decision(StorageMode.INT8, graph(tiny))).isInstanceOf(StorageDecision.Stored.class);
  }

  @ParameterizedTest
  @EnumSource(StorageMode.class)
  void leavesWhatCallersOverrideOrRead(StorageMode mode) throws Exception {
    assertThat(decision(mode, graph(weightWith(1)).addInput(value("W", DataType.FLOAT, 12, 12))))
        .isInstanceOfSatisfying(
            StorageDecision.Left.class, l -> assertThat(l.reason()).contains("override"));
    assertThat(decision(mode, graph(weightWith(1)).addOutput(value("W", DataType.FLOAT, 12, 12))))
        .isInstanceOfSatisfying(
            StorageDecision.Left.class, l -> assertThat(l.reason()).contains("output"));
  }

  @Test
  void leavesIntegersWhereAnotherNodeNeedsTheWeightWhole() throws Exception {
    GraphProto.Builder graph =
        graph(weightWith(1))
            .addNode(node("ReduceSum", "sum", "W"))
            .addOutput(value("sum", DataType.FLOAT, 1, 1));
    assertThat(decision(StorageMode.INT8, graph))
        .isInstanceOfSatisfying(
            StorageDecision.Left.class, l -> assertThat(l.reason()).contains("needs it whole"));
    assertThat(decision(StorageMode.FP16, graph)).isInstanceOf(StorageDecision.Stored.class);
  }

  @Test
  void leavesSmallTensorsAndNamesThatWereNotAskedFor() throws Exception {
    OnnxModel model = read(Graphs.model(graph(weightWith(1))));
    GraphIndex index = GraphIndex.of(model);
    StorageResult small = new StoragePass(index, StorageMode.INT8).store(model);
    assertThat(small.changed()).isFalse();
    assertThat(small.model()).isSameAs(model);
    StorageResult other =
        new StoragePass(index, StorageMode.INT8, 1, n -> !n.equals("W")).store(model);
    assertThat(other.decisions().get("W")).isEqualTo(new StorageDecision.Left("was not asked for"));
  }

  @Test
  void quantizesAnInputOnceForAllThatReadIt() throws Exception {
    GraphProto.Builder graph =
        graph(weightWith(1))
            .addInitializer(
                tensor("V", DataType.FLOAT, List.of(12L, 12L), Weights.ILL_CONDITIONED.elements()))
            .addNode(node("MatMul", "z", "x", "V"))
            .addOutput(value("z", DataType.FLOAT, "batch", 12));
    OnnxModel model = read(Graphs.model(graph));
    OnnxModel after = pass(model, StorageMode.INT8_DYNAMIC).store(model).model();
    assertThat(after.proto().getGraph().getNodeList())
        .extracting(NodeProto::getOpType)
        .containsOnlyOnce("DynamicQuantizeLinear")
        .doesNotContain("MatMul");
    assertThat(parity(model, after).maxRelative()).isLessThan(QUANTIZED_INPUT_TOLERANCE);
  }

  private void assertLeft(StorageMode mode, double[] weight, String reason) throws IOException {
    assertThat(decision(mode, graph(weight)))
        .isInstanceOfSatisfying(
            StorageDecision.Left.class, l -> assertThat(l.reason()).contains(reason));
  }

  private StorageDecision decision(StorageMode mode, GraphProto.Builder graph) throws IOException {
    OnnxModel model = read(Graphs.model(graph));
    return Objects.requireNonNull(pass(model, mode).store(model).decisions().get("W"));
  }

  private static StoragePass pass(OnnxModel model, StorageMode mode) {
    return new StoragePass(GraphIndex.of(model), mode, 1, name -> true);
  }

  private static GraphProto.Builder graph(double[] weight) {
    return GraphProto.newBuilder()
        .addInitializer(tensor("W", DataType.FLOAT, List.of(12L, 12L), weight))
        .addNode(node("MatMul", "y", "x", "W"))
        .addInput(value("x", DataType.FLOAT, "batch", 12))
        .addOutput(value("y", DataType.FLOAT, "batch", 12));
  }

  private static double[] weightWith(double odd) {
    double[] values = Weights.SQUARE.elements();
    values[17] = odd;
    return values;
  }

  /** Whether the rows of W, as it is stored, are the outputs: or the rows of a table. */
  private static boolean perRow(Around around) {
    return switch (around) {
      case MATMUL_LEFT,
          GEMM_RIGHT_TRANSPOSED,
          GEMM_LEFT,
          GATHER,
          TIED,
          IDENTITY_AND_TRANSPOSE,
          POINTWISE_CONV,
          CONV ->
          true;
      case MATMUL_RIGHT,
          GEMM_RIGHT,
          GEMM_RIGHT_OF_TRANSPOSED,
          GEMM_LEFT_TRANSPOSED,
          CONSTANT_NODE,
          CAST,
          DOUBLE_PRECISION,
          HALF_PRECISION,
          SUBGRAPH ->
          false;
    };
  }

  private static double[] rounded(Weights w, StorageMode mode, int axis) {
    double[] values = w.elements();
    double[] rounded = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      if (mode == StorageMode.FP16) {
        rounded[i] = Float.float16ToFloat(Float.floatToFloat16((float) values[i]));
        continue;
      }
      double most = 0;
      for (int j = 0; j < values.length; j++) {
        boolean sameChannel =
            axis == 0 ? i / w.columns() == j / w.columns() : i % w.columns() == j % w.columns();
        most = sameChannel ? Math.max(most, Math.abs((float) values[j])) : most;
      }
      float scale = (float) most / 127;
      rounded[i] = most == 0 ? 0 : Math.rint((float) values[i] / scale) * scale;
    }
    return rounded;
  }

  private static void assertStructure(
      ModelProto before, ModelProto after, StorageMode mode, Around around) {
    GraphProto graph = after.getGraph();
    assertThat(graph.getInputList()).isEqualTo(before.getGraph().getInputList());
    assertThat(graph.getOutputList()).isEqualTo(before.getGraph().getOutputList());
    assertThat(graph.getInitializerList()).extracting(TensorProto::getName).doesNotContain("W");
    boolean products = mode == StorageMode.INT8_DYNAMIC && PRODUCTS.contains(around);
    DataType integers = products ? DataType.UINT8 : DataType.INT8;
    int type = (mode == StorageMode.FP16 ? DataType.FLOAT16 : integers).number();
    assertThat(graph.getInitializerList().stream().filter(t -> t.getName().startsWith("W_")))
        .as("the weight, once, of %s", around)
        .filteredOn(t -> t.getDataType() == type && t.getDimsCount() > 0)
        .hasSize(1);
    String last = before.getGraph().getNode(before.getGraph().getNodeCount() - 1).getName();
    assertThat(graph.getNodeList()).extracting(NodeProto::getName).contains(last);
    assertThat(after.toString().contains("\"MatMulInteger\"")).isEqualTo(products);
  }

  private static ModelProto withWeight(ModelProto model, double[] values) {
    ModelProto.Builder changed = model.toBuilder();
    for (TensorProto.Builder weight : changed.getGraphBuilder().getInitializerBuilderList()) {
      if (weight.getName().equals("W")) {
        TensorProto other = tensor("W", DataType.FLOAT, weight.getDimsList(), values);
        weight.clear().mergeFrom(other);
      }
    }
    return changed.build();
  }

  private Parity parity(OnnxModel reference, OnnxModel other) throws IOException {
    Path first = write(reference);
    Path second = write(other);
    Parity parity = Parity.NONE;
    try (ModelSession expected = ModelSession.open(first, Optimization.NONE);
        ModelSession plain = ModelSession.open(second, Optimization.NONE);
        ModelSession optimised = ModelSession.open(second, Optimization.ALL)) {
      RandomInputs inputs =
          new RandomInputs(expected.inputs(), TokenBounds.of(GraphIndex.of(reference)), 7);
      for (int batch : new int[] {1, 3}) {
        Map<String, Tensor> input = inputs.next(batch, 5 * batch);
        Map<String, Tensor> output = expected.run(input);
        parity = parity.with(output, plain.run(input)).with(output, optimised.run(input));
      }
    }
    return parity;
  }

  private OnnxModel read(ModelProto model) throws IOException {
    Path file = Files.createTempFile(directory, "model", ".onnx");
    Files.write(file, model.toByteArray());
    return ModelReader.read(ModelFiles.of(file), directory);
  }

  private Path write(OnnxModel model) throws IOException {
    Path written = Files.createTempDirectory(directory, "written");
    ModelFiles files = ModelWriter.write(model, written, "model.onnx");
    ModelReader.read(files, directory).weights().close();
    return files.model();
  }
}
