package io.greenformers.engine.rewrite;

import static io.greenformers.engine.graphs.Graphs.attribute;
import static io.greenformers.engine.graphs.Graphs.node;
import static io.greenformers.engine.graphs.Graphs.tensor;
import static io.greenformers.engine.graphs.Graphs.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.GraphIndex;
import io.greenformers.core.onnx.GraphIndex.Value;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.onnx.proto.NodeProto;
import io.greenformers.core.site.Site;
import io.greenformers.core.site.SiteInput;
import io.greenformers.core.site.SiteInput.Activations;
import io.greenformers.core.site.SiteInput.Indices;
import io.greenformers.core.site.SiteInput.Windows;
import io.greenformers.engine.graphs.Graphs;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Where a calibration finds the inputs of a weight [4, 6] or a kernel [4, 3, 2]. */
final class SiteInputTest {
  private static final Value X = new Value(0, "x");

  @TempDir Path directory;

  static Stream<Arguments> uses() {
    NodeProto.Builder conv =
        node("Conv", "y", "x", "W")
            .addAttribute(attribute("strides", List.of(2L)))
            .addAttribute(attribute("pads", List.of(1L, 0L)));
    return Stream.of(
        Arguments.of(node("MatMul", "y", "x", "W"), new Activations(X, -1), true),
        Arguments.of(node("MatMul", "y", "W", "x"), new Activations(X, -2), false),
        Arguments.of(node("Gemm", "y", "x", "W"), new Activations(X, -1), true),
        Arguments.of(flagged("x", "W", "transB"), new Activations(X, -1), false),
        Arguments.of(flagged("x", "W", "transA"), new Activations(X, -2), true),
        Arguments.of(node("Gemm", "y", "W", "x"), new Activations(X, -2), false),
        Arguments.of(flagged("W", "x", "transB"), new Activations(X, -1), false),
        Arguments.of(flagged("W", "x", "transA"), new Activations(X, -2), true),
        Arguments.of(node("Gather", "y", "W", "x"), new Indices(X), true),
        Arguments.of(
            conv,
            new Windows(X, List.of(2L), List.of(2L), List.of(1L), List.of(1L, 0L), "NOTSET"),
            false));
  }

  @ParameterizedTest
  @MethodSource("uses")
  void namesTheValueAndTheContraction(NodeProto.Builder use, SiteInput input, boolean rows)
      throws Exception {
    boolean conv = use.getOpType().equals("Conv");
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .addInitializer(
                tensor(
                    "W",
                    DataType.FLOAT,
                    conv ? List.of(4L, 3L, 2L) : List.of(4L, 6L),
                    new double[24]))
            .addNode(use)
            .addInput(value("x", input instanceof Indices ? DataType.INT64 : DataType.FLOAT))
            .addOutput(value("y", DataType.FLOAT));
    graph.getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder().clearShape();
    OnnxModel model = new Models(directory).read(Graphs.model(graph));
    Site site = Models.sites(model).getFirst();
    Site.Use only = site.uses().getFirst();
    assertThat(SiteInput.of(GraphIndex.of(model), site, only)).isEqualTo(input);
    assertThat(only.contractsRows()).isEqualTo(rows);
    assertThat(only.outputs(site)).isEqualTo(rows ? 6 : 4);
  }

  private static NodeProto.Builder flagged(String a, String b, String flag) {
    return node("Gemm", "y", a, b).addAttribute(attribute(flag, 1));
  }
}
