package io.greenformers.engine.rewrite;

import static io.greenformers.engine.graphs.Graphs.attribute;
import static io.greenformers.engine.graphs.Graphs.node;
import static io.greenformers.engine.graphs.Graphs.tensor;
import static io.greenformers.engine.graphs.Graphs.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.greenformers.core.linalg.DecompositionException;
import io.greenformers.core.onnx.DataType;
import io.greenformers.core.onnx.OnnxModel;
import io.greenformers.core.onnx.proto.GraphProto;
import io.greenformers.core.rewrite.ExactFactors;
import io.greenformers.core.rewrite.Factors;
import io.greenformers.core.site.Site;
import io.greenformers.engine.graphs.Graphs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExactFactorsTest {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "9, 4, FLOAT, false, 1e-5",
    "4, 9, FLOAT, false, 1e-5",
    "6, 6, FLOAT, true, 1e-5",
    "9, 4, FLOAT, true, 1e-5",
    "4, 9, FLOAT, true, 1e-5",
    "1, 5, FLOAT, false, 1e-5",
    "5, 1, FLOAT, false, 1e-5",
    "7, 5, DOUBLE, false, 1e-13",
    "7, 5, FLOAT16, false, 1e-2",
    "5, 7, FLOAT16, true, 1e-2"
  })
  void multiplyToTheWeight(
      int rows, int columns, DataType type, boolean transposed, double tolerance)
      throws IOException {
    double[] weight = new Random(2).doubles((long) rows * columns, -1, 1).toArray();
    OnnxModel model = model(rows, columns, type, transposed, weight);
    Site site = Models.sites(model).getFirst();
    Factors factors = new ExactFactors(model.weights()).of(site);
    int rank = Math.min(rows, columns);
    assertThat(factors.rank()).isEqualTo(rank);
    double[] left = model.weights().doubles(factors.left());
    double[] right = model.weights().doubles(factors.right());
    double[] stored = model.weights().doubles(site.tensor());
    int m = left.length / rank;
    int n = right.length / rank;
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double product = 0;
        for (int k = 0; k < rank; k++) {
          product += left[i * rank + k] * right[k * n + j];
        }
        double expected = site.allTransposed() ? stored[j * columns + i] : stored[i * columns + j];
        assertThat(product).isEqualTo(expected, within(tolerance));
      }
    }
  }

  @Test
  void theOrthogonalFactorIsNotSymmetric() throws IOException {
    OnnxModel model =
        model(6, 6, DataType.FLOAT, false, new Random(2).doubles(36, -1, 1).toArray());
    Factors factors = new ExactFactors(model.weights()).of(Models.sites(model).getFirst());
    double[] q = model.weights().doubles(factors.right());
    assertThat(Math.abs(q[1] - q[6])).isGreaterThan(1e-3);
  }

  @Test
  void nameTheElementThatIsNoNumber() throws IOException {
    double[] weight = new double[20];
    weight[7] = Double.NaN;
    OnnxModel model = model(5, 4, DataType.FLOAT, false, weight);
    assertThatThrownBy(() -> new ExactFactors(model.weights()).of(Models.sites(model).getFirst()))
        .isInstanceOf(DecompositionException.class)
        .hasMessageContaining("row 1, column 3");
  }

  private OnnxModel model(int rows, int columns, DataType type, boolean transposed, double[] weight)
      throws IOException {
    int in = transposed ? columns : rows;
    int out = transposed ? rows : columns;
    GraphProto.Builder graph =
        GraphProto.newBuilder()
            .addInput(value("x", type, 3, in))
            .addOutput(value("y", type, 3, out))
            .addInitializer(tensor("W", type, List.of((long) rows, (long) columns), weight))
            .addNode(
                node("Gemm", "y", "x", "W")
                    .addAttribute(attribute("transB", transposed ? 1L : 0L)));
    return new Models(directory).read(Graphs.model(graph));
  }
}
